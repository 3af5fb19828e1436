// What can be done with messages: with those that are selected, or with all that the filter fits. The
// latter runs in the server, in one action that RunningActions shows and can end.
import { useQueryClient } from '@tanstack/react-query';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { DocumentArrowDown20Regular } from '@fluentui/react-icons/svg/document-arrow-down';
import { MailDismiss20Regular } from '@fluentui/react-icons/svg/mail-dismiss';
import { Open20Regular } from '@fluentui/react-icons/svg/open';
import { Pause20Regular } from '@fluentui/react-icons/svg/pause';
import { Play20Regular } from '@fluentui/react-icons/svg/play';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { usePermissions } from '../../../api/permissions';
import { asProblem } from '../../../api/problem';
import { notify } from '../../../frame/notifications';
import { useConfirm } from '../../../parts/confirm';
import type { ToolItem } from '../../../parts/ToolBar';
import { useBatch } from './batch';
import { Commands } from './Commands';
import { useExport } from './export';
import type { Message } from './outputs';

interface Options {
  chosen: readonly Message[];
  /** What is shown; undefined where it is everything. */
  filter: string | undefined;
  onProperties: (identity: string) => void;
}

type Acting = 'Suspend-Message' | 'Resume-Message' | 'Remove-Message';

interface Deed {
  id: string;
  cmdlet: Acting;
  label: string;
  labelAll: string;
  icon: ReactElement;
  /** Beside identity or filter. */
  more: { WithNDR?: boolean };
  /** Asked before, with the number of messages. */
  question?: (count: number) => string;
  done: (count: number) => string;
  fits: (message: Message) => boolean;
}

export function useMessageTools({ chosen, filter, onProperties }: Options): ToolItem[] {
  const { t } = useTranslation();
  const { why } = usePermissions();
  const batch = useBatch();
  const confirm = useConfirm();
  const client = useQueryClient();
  const exportMessage = useExport();
  const first = chosen[0];

  const deeds: Deed[] = [
    {
      id: 'suspend',
      cmdlet: 'Suspend-Message',
      label: t('queues.suspend'),
      labelAll: t('queues.suspendAll'),
      icon: <Pause20Regular />,
      more: {},
      done: (count) => t('queues.messagesSuspended', { count }),
      fits: ({ Status }) => !['Suspended', 'PendingSuspend'].includes(Status),
    },
    {
      id: 'resume',
      cmdlet: 'Resume-Message',
      label: t('queues.resume'),
      labelAll: t('queues.resumeAll'),
      icon: <Play20Regular />,
      more: {},
      done: (count) => t('queues.messagesResumed', { count }),
      fits: ({ Status }) => ['Suspended', 'PendingSuspend'].includes(Status),
    },
    {
      id: 'remove-ndr',
      cmdlet: 'Remove-Message',
      label: t('queues.removeNdr'),
      labelAll: t('queues.removeAllNdr'),
      icon: <MailDismiss20Regular />,
      more: { WithNDR: true },
      question: (count) => t('queues.removeMessagesNdrText', { count }),
      done: (count) => t('queues.messagesRemoved', { count }),
      fits: () => true,
    },
    {
      id: 'remove',
      cmdlet: 'Remove-Message',
      label: t('queues.removeSilently'),
      labelAll: t('queues.removeAllSilently'),
      icon: <Delete20Regular />,
      more: { WithNDR: false },
      question: (count) => t('queues.removeMessagesSilentlyText', { count }),
      done: (count) => t('queues.messagesRemoved', { count }),
      fits: () => true,
    },
  ];

  const withSelected = async ({ cmdlet, label, more, question, done, fits }: Deed) => {
    const calls = chosen
      .filter(fits)
      .map(({ Identity }) => ({ Identity, ...more, Confirm: false }));
    const yes =
      !question ||
      (await confirm({
        title: label,
        text: question(calls.length),
        more: <Commands cmdlet={cmdlet} calls={calls} />,
      }));
    if (yes) await batch(cmdlet, calls, done);
  };

  const withAll = async ({ cmdlet, label, labelAll, more }: Deed) => {
    if (filter === undefined) return;
    const call = { Filter: filter, ...more };
    try {
      const count = countOf((await run(cmdlet, { ...call, WhatIf: true })).whatIf);
      const yes = await confirm({
        title: labelAll,
        text: t('queues.allText', { count }),
        more: <Commands cmdlet={cmdlet} calls={[{ ...call, Confirm: false }]} />,
      });
      if (!yes) return;
      notify({ kind: 'info', title: t('queues.begun'), body: t('queues.begunText') });
      const { warnings } = await run(cmdlet, { ...call, Confirm: false });
      for (const warning of warnings) notify({ kind: 'warning', title: warning });
      notify({ kind: 'success', title: t('queues.allDone', { label }) });
    } catch (error) {
      notify({ kind: 'error', title: asProblem(error).message });
    }
    await client.invalidateQueries({ queryKey: ['cmdlet'] });
  };

  return [
    {
      id: 'properties',
      label: t('queues.propertiesOf'),
      icon: <Open20Regular />,
      disabled: chosen.length !== 1,
      onClick: () => first && onProperties(first.Identity),
    },
    ...deeds.map((deed) => ({
      id: deed.id,
      label: deed.label,
      icon: deed.icon,
      why: why(deed.cmdlet),
      disabled: !chosen.some(deed.fits),
      onClick: () => void withSelected(deed),
    })),
    {
      id: 'export-message',
      label: t('queues.export'),
      icon: <DocumentArrowDown20Regular />,
      why:
        why('Export-Message') ??
        (first && first.Status !== 'Suspended' ? t('queues.exportSuspended') : undefined),
      disabled: chosen.length !== 1,
      onClick: () => first && void exportMessage(first.Identity),
    },
    ...deeds.map((deed) => ({
      id: `${deed.id}-all`,
      label: deed.labelAll,
      icon: deed.icon,
      why: why(deed.cmdlet) ?? (filter === undefined ? t('queues.filterFirst') : undefined),
      more: true,
      onClick: () => void withAll(deed),
    })),
  ];
}

/** The number in ‘What if: Removing 12 messages …’; one message is named instead. */
export function countOf(whatIf: string | null): number {
  const number = /\b(\d+) messages/.exec(whatIf ?? '')?.[1];
  return number === undefined ? (whatIf ? 1 : 0) : Number(number);
}
