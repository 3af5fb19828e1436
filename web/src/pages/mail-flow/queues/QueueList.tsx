// The queues of the server, live; the largest first.
import { makeStyles, tokens } from '@fluentui/react-components';
import { useCallback, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useCmdlet } from '../../../api/queries';
import { navigate, useRoute } from '../../../frame/router';
import { useShortcuts } from '../../../frame/shortcuts';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import { messagesOf } from './addresses';
import { QUEUE_PROPERTIES } from './filter';
import { FilterBar } from './FilterBar';
import { LiveSwitch } from './LiveSwitch';
import type { Queue } from './outputs';
import { useQueueColumns } from './queue-columns';
import { useQueueTools } from './queue-tools';
import { QueueDetails } from './QueueDetails';
import { RunningActions } from './RunningActions';

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
  const tools = useQueueTools(chosen);
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
