// The edit dialog of a mailbox: General, Email addresses, Mail flow. Only what was changed is sent, on condition
// that the mailbox still is what was shown.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { useEditing } from '../../../parts/editing';
import { AddressesField } from '../AddressesField';
import { EditDialog } from '../EditDialog';
import { useSettingTexts } from '../setting-texts';
import { useMessages } from '../use-messages';
import { General } from './General';
import { MailFlow } from './MailFlow';
import { SECRET, changes, settingsOf, type Mailbox, type Settings } from './mailbox';
import { broken } from './rules';

const TABS = ['general', 'addresses', 'mailFlow'] as const;
type TabId = (typeof TABS)[number];

const PLACES: Readonly<Record<TabId, readonly string[]>> = {
  general: ['Name', 'Languages', 'Password', 'PasswordAgain'],
  addresses: ['PrimarySmtpAddress', 'EmailAddresses'],
  mailFlow: [
    'ForwardingAddress',
    'ForwardingSmtpAddress',
    'DeliverToMailboxAndForward',
    'MaxSendSize',
    'MaxReceiveSize',
    'ProhibitSendReceiveQuota',
    'RecipientLimits',
  ],
};

/** The tab where a parameter's field is. */
function tabOf(parameter: string | undefined): TabId | undefined {
  return TABS.find((tab) => parameter !== undefined && PLACES[tab].includes(parameter));
}

interface Props {
  object: Mailbox;
  onClose: () => void;
}

export function EditMailbox({ object, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const act = useAction();
  const texts = useSettingTexts();
  const messages = useMessages();
  const [tab, setTab] = useState<TabId>('general');
  const editing = useEditing({
    object,
    name: ({ Name }) => Name,
    settingsOf,
    changes,
    send: (from, given, { Name }) =>
      act(
        'Set-Mailbox',
        { Identity: from.Name, ...given },
        { ifMatch: from.ObjectVersion, done: t('mailboxes.saved', { name: Name.trim() }) },
      ),
    read: async () => (await run('Get-Mailbox', { Identity: object.Guid })).objects[0],
    onRefused: ({ parameter }) => setTab((present) => tabOf(parameter) ?? present),
    onClose,
    ...texts,
    secret: SECRET,
  });
  const { base, before, mine, given, dirty, busy, refused, change, close } = editing;
  const wrong = broken(mine);
  const sound = Object.keys(wrong).length === 0;
  // Passwords are not asked about: to be hashed takes long by design.
  const { Password: _, ...asked } = given;
  const command = { Identity: base.Name, ...asked };
  const { problem } = useWhatIf('Set-Mailbox', dirty && sound ? command : null);
  const trySave = () => {
    const [first] = Object.keys(wrong);
    if (first === undefined) editing.save();
    else setTab(tabOf(first) ?? tab);
  };
  const probe = (part: Partial<Settings>) =>
    ({
      cmdlet: 'Set-Mailbox',
      parameters: { Identity: base.Name, ...changes(before, { ...before, ...part }) },
    }) as const;
  return (
    <EditDialog
      title={base.Name}
      isFromLdap={base.IsDirSynced}
      tabs={TABS.map((id) => ({ id, title: t(`recipients.tabs.${id}`) }))}
      tab={tab}
      onTab={setTab}
      problem={refused ?? problem}
      messages={messages(wrong)}
      commands={[{ cmdlet: 'Set-Mailbox', parameters: { Identity: base.Name, ...given } }]}
      busy={busy}
      onSave={trySave}
      onClose={close}
      conflict={editing.conflict}
    >
      {tab === 'general' && (
        <General
          settings={mine}
          change={change}
          hasPassword={base.HasPassword}
          signsInThere={base.IsDirSynced && !base.HasPassword}
        />
      )}
      {tab === 'addresses' && <AddressesField addresses={mine} onChange={change} probe={probe} />}
      {tab === 'mailFlow' && <MailFlow settings={mine} change={change} guid={base.Guid} />}
    </EditDialog>
  );
}
