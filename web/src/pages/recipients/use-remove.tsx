// The three kinds of recipients, and how they are deleted: after a question that says what goes with them.
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import { useAction } from '../../api/queries';
import { notify } from '../../frame/notifications';
import { useConfirm } from '../../parts/confirm';
import { ShowCommand } from '../../parts/ShowCommand';

export const MAILBOX = {
  id: 'mailboxes',
  verbs: { new: 'New-Mailbox', set: 'Set-Mailbox', remove: 'Remove-Mailbox' },
} as const;

export const GROUP = {
  id: 'groups',
  verbs: {
    new: 'New-DistributionGroup',
    set: 'Set-DistributionGroup',
    remove: 'Remove-DistributionGroup',
  },
} as const;

export const CONTACT = {
  id: 'contacts',
  verbs: { new: 'New-MailContact', set: 'Set-MailContact', remove: 'Remove-MailContact' },
} as const;

export type Kind = typeof MAILBOX | typeof GROUP | typeof CONTACT;

export interface Removable {
  Name: string;
  Guid: string;
  ObjectVersion: number;
  /** It comes from an LDAP directory, and goes when it is gone there. */
  IsDirSynced: boolean;
}

export function useRemove({ id, verbs }: Kind): (objects: readonly Removable[]) => Promise<void> {
  const { t } = useTranslation();
  const act = useAction();
  const confirm = useConfirm();
  return async (objects) => {
    const [first] = objects;
    if (!first) return;
    const single = objects.length === 1;
    const agreed = await confirm({
      title: t(`${id}.remove.title`),
      text: single
        ? t(`${id}.remove.one`, { name: first.Name })
        : t(`${id}.remove.several`, { count: objects.length }),
      more: (
        <>
          <p>{t(`${id}.remove.effect`)}</p>
          {single && <ShowCommand cmdlet={verbs.remove} parameters={{ Identity: first.Name }} />}
        </>
      ),
    });
    if (!agreed) return;
    for (const { Name, ObjectVersion } of objects) {
      try {
        await act(
          verbs.remove,
          { Identity: Name, Confirm: false },
          {
            // Of several, one that goes may change another: a group that it was a member of.
            ifMatch: single ? ObjectVersion : undefined,
            done: t(`${id}.removed`, { name: Name }),
          },
        );
      } catch (error) {
        const problem = asProblem(error);
        if (problem.id === 'session') return;
        notify({ kind: 'error', title: Name, body: problem.message });
      }
    }
  };
}
