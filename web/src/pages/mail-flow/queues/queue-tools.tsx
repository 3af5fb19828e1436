// What can be done with the selected queues.
import { ArrowClockwise20Regular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { ArrowForward20Regular } from '@fluentui/react-icons/svg/arrow-forward';
import { ArrowRepeatAll20Regular } from '@fluentui/react-icons/svg/arrow-repeat-all';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { MailDismiss20Regular } from '@fluentui/react-icons/svg/mail-dismiss';
import { MailMultiple20Regular } from '@fluentui/react-icons/svg/mail-multiple';
import { Pause20Regular } from '@fluentui/react-icons/svg/pause';
import { Play20Regular } from '@fluentui/react-icons/svg/play';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { navigate } from '../../../frame/router';
import { useConfirm } from '../../../parts/confirm';
import type { ToolItem } from '../../../parts/ToolBar';
import { useFormat } from '../../../texts/format';
import { messagesOf } from './addresses';
import { useBatch } from './batch';
import { Commands } from './Commands';
import { inQueue } from './filter';
import type { Queue } from './outputs';
import { useWords } from './words';

export function useQueueTools(chosen: readonly Queue[]): ToolItem[] {
  const { t } = useTranslation();
  const { why } = usePermissions();
  const batch = useBatch();
  const confirm = useConfirm();
  const words = useWords();
  const format = useFormat();
  const first = chosen[0];
  const identities = (queues: readonly Queue[]) => queues.map(({ Identity }) => ({ Identity }));
  const inRetry = chosen.filter(({ Status }) => Status === 'Retry');
  const resubmittable = chosen.filter(
    ({ Status, DeliveryType }) => Status === 'Retry' || DeliveryType === 'Unreachable',
  );
  const suspended = chosen.filter(({ Status }) => Status === 'Suspended');
  const going = chosen.filter(({ Status }) => Status !== 'Suspended');
  const filled = chosen.filter(({ MessageCount }) => MessageCount > 0);

  const suspend = async () => {
    const calls = identities(going).map((call) => ({ ...call, Confirm: false }));
    const yes = await confirm({
      title: t('queues.suspend'),
      text: t('queues.suspendText', { count: going.length }),
      more: <Commands cmdlet="Suspend-Queue" calls={calls} />,
    });
    if (yes) await batch('Suspend-Queue', calls, (count) => t('queues.suspended', { count }));
  };
  const remove = async (withNdr: boolean) => {
    const calls = filled.map(({ Identity }) => ({
      Filter: inQueue(Identity),
      WithNDR: withNdr,
      Confirm: false,
    }));
    const count = filled.reduce((sum, { MessageCount }) => sum + MessageCount, 0);
    const names = format.list(filled.map((queue) => words.nextHop(queue)));
    const yes = await confirm({
      title: withNdr ? t('queues.removeNdr') : t('queues.removeSilently'),
      text: t(withNdr ? 'queues.removeNdrText' : 'queues.removeSilentlyText', { count, names }),
      more: <Commands cmdlet="Remove-Message" calls={calls} />,
    });
    if (yes) await batch('Remove-Message', calls, (n) => t('queues.emptied', { count: n }));
  };
  return [
    {
      id: 'messages',
      label: t('queues.viewMessages'),
      icon: <MailMultiple20Regular />,
      why: why('Get-Message'),
      disabled: chosen.length > 1,
      onClick: () => navigate(messagesOf(first?.Identity ?? '*')),
    },
    {
      id: 'retry',
      label: t('queues.retry'),
      icon: <ArrowClockwise20Regular />,
      why: why('Retry-Queue'),
      disabled: inRetry.length === 0,
      onClick: () =>
        void batch('Retry-Queue', identities(inRetry), (count) => t('queues.retried', { count })),
    },
    {
      id: 'suspend',
      label: t('queues.suspend'),
      icon: <Pause20Regular />,
      why: why('Suspend-Queue'),
      disabled: going.length === 0,
      onClick: () => void suspend(),
    },
    {
      id: 'resume',
      label: t('queues.resume'),
      icon: <Play20Regular />,
      why: why('Resume-Queue'),
      disabled: suspended.length === 0,
      onClick: () =>
        void batch('Resume-Queue', identities(suspended), (count) =>
          t('queues.resumed', { count }),
        ),
    },
    {
      id: 'remove-ndr',
      label: t('queues.removeNdr'),
      icon: <MailDismiss20Regular />,
      why: why('Remove-Message'),
      disabled: filled.length === 0,
      onClick: () => void remove(true),
    },
    {
      id: 'remove',
      label: t('queues.removeSilently'),
      icon: <Delete20Regular />,
      why: why('Remove-Message'),
      disabled: filled.length === 0,
      onClick: () => void remove(false),
    },
    {
      id: 'resubmit',
      label: t('queues.resubmit'),
      icon: <ArrowRepeatAll20Regular />,
      why: why('Retry-Queue'),
      disabled: resubmittable.length === 0,
      more: true,
      onClick: () =>
        void batch(
          'Retry-Queue',
          identities(resubmittable).map((call) => ({ ...call, Resubmit: true })),
          (count) => t('queues.resubmitted', { count }),
        ),
    },
    {
      id: 'all-messages',
      label: t('queues.allMessages'),
      icon: <ArrowForward20Regular />,
      why: why('Get-Message'),
      more: true,
      onClick: () => navigate(messagesOf('*')),
    },
  ];
}
