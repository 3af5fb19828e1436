// The queues of the server, live; the largest first.
import { makeStyles, tokens } from '@fluentui/react-components';
import { ArrowForward20Regular } from '@fluentui/react-icons/svg/arrow-forward';
import { ArrowRepeatAll20Regular } from '@fluentui/react-icons/svg/arrow-repeat-all';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { MailDismiss20Regular } from '@fluentui/react-icons/svg/mail-dismiss';
import { MailMultiple20Regular } from '@fluentui/react-icons/svg/mail-multiple';
import { Pause20Regular } from '@fluentui/react-icons/svg/pause';
import { Play20Regular } from '@fluentui/react-icons/svg/play';
import { ArrowClockwise20Regular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { useCallback, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { navigate, useRoute } from '../../../frame/router';
import { useShortcuts } from '../../../frame/shortcuts';
import { useConfirm } from '../../../parts/confirm';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import type { ToolItem } from '../../../parts/ToolBar';
import { messagesOf } from './addresses';
import { useBatch } from './batch';
import { QUEUE_PROPERTIES, inQueue } from './filter';
import { Commands } from './Commands';
import { FilterBar } from './FilterBar';
import { LiveSwitch } from './LiveSwitch';
import type { Queue } from './outputs';
import { useQueueColumns } from './queue-columns';
import { QueueDetails } from './QueueDetails';
import { RunningActions } from './RunningActions';
import { useWords } from './words';

/** The server has as many queues as destinations; of more than these, the largest are shown. */
const MOST = 1000;
const LIVE = 3;

const useStyles = makeStyles({
  column: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0, minWidth: 0 },
  note: { margin: '4px 0', color: tokens.colorNeutralForeground2 },
});

const keyOf = (queue: Queue) => queue.Identity;

export function QueueList(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { query } = useRoute();
  const [live, setLive] = useState(true);
  const [filter, setFilter] = useState<string | undefined>();
  const [selected, setSelected] = useState<string[]>(() =>
    query['select'] ? [query['select']] : [],
  );
  const answer = useCmdlet(
    'Get-Queue',
    { SortOrder: ['-MessageCount'], ResultSize: MOST, ...(filter ? { Filter: filter } : {}) },
    live ? { live: LIVE } : {},
  );
  const items = answer.data?.objects;
  const chosen = items?.filter((queue) => selected.includes(queue.Identity)) ?? [];
  const tools = useTools(chosen);
  const switchLive = useCallback(() => setLive((on) => !on), []);
  useShortcuts([{ key: 'p', text: t('queues.pauseKey'), run: switchLive }]);
  const one = chosen.length === 1 ? chosen[0] : undefined;
  return (
    <>
      <RunningActions />
      <FilterBar
        cmdlet="Get-Queue"
        properties={QUEUE_PROPERTIES}
        applied={filter}
        onApply={setFilter}
      />
      <SplitView
        list={
          <div className={styles.column}>
            <ObjectList
              id="queues"
              label={t('queues.title')}
              items={items}
              keyOf={keyOf}
              columns={useQueueColumns()}
              tools={tools}
              selected={selected}
              onSelect={setSelected}
              onOpen={(queue) => navigate(messagesOf(queue.Identity))}
              onRefresh={() => void answer.refetch()}
              problem={answer.error}
              filters={<LiveSwitch live={live} onChange={setLive} seconds={LIVE} />}
              sortBy={{ column: 'MessageCount', descending: true }}
              empty={<EmptyState title={t('queues.noneFits')} text={t('queues.noneFitsText')} />}
            />
            {items && items.length >= MOST && (
              <p className={styles.note}>{t('queues.onlyLargest', { count: MOST })}</p>
            )}
          </div>
        }
        details={
          <QueueDetails
            queue={one}
            several={chosen.length}
            isQuiet={items?.every(({ MessageCount }) => MessageCount === 0) ?? false}
          />
        }
      />
    </>
  );
}

function useTools(chosen: readonly Queue[]): ToolItem[] {
  const { t } = useTranslation();
  const { why } = usePermissions();
  const batch = useBatch();
  const confirm = useConfirm();
  const words = useWords();
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
    const names = filled.map((queue) => words.nextHop(queue)).join(', ');
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
