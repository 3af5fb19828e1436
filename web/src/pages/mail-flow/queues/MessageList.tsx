// The messages of a queue, or of all queues: one page at a time, sorted and filtered by the server.
import { Button, Link, Select, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowLeft20Regular } from '@fluentui/react-icons/svg/arrow-left';
import { ChevronLeft16Regular } from '@fluentui/react-icons/svg/chevron-left';
import { ChevronRight16Regular } from '@fluentui/react-icons/svg/chevron-right';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import { useFormat } from '../../../texts/format';
import { QUEUES, TEST } from './addresses';
import { MESSAGE_PROPERTIES, both, inQueue } from './filter';
import { FilterBar } from './FilterBar';
import { LiveSwitch } from './LiveSwitch';
import { useMessageColumns } from './message-columns';
import { useMessageTools } from './message-tools';
import { MessageDetails } from './MessageDetails';
import { MessageProperties } from './MessageProperties';
import type { Message } from './outputs';
import {
  SIZES,
  firstPage,
  nextPage,
  ordered,
  parametersOf,
  previousPage,
  shown,
  type Pages,
} from './pages';
import { RunningActions } from './RunningActions';
import { useWords } from './words';

const useStyles = makeStyles({
  head: { display: 'flex', alignItems: 'center', columnGap: '8px', padding: '4px 0' },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  count: { color: tokens.colorNeutralForeground2 },
  column: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0, minWidth: 0 },
  pager: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '8px',
    paddingTop: '8px',
  },
  range: { minWidth: '120px', color: tokens.colorNeutralForeground2 },
  grow: { flexGrow: 1 },
  size: { display: 'flex', alignItems: 'center', columnGap: '8px', whiteSpace: 'nowrap' },
});

const keyOf = (message: Message) => message.Identity;

export function MessageList({ queue }: { queue: string }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = usePermissions();
  const ofAll = queue === '*';
  const [live, setLive] = useState(true);
  const [own, setOwn] = useState<string | undefined>();
  const [pages, setPages] = useState<Pages<Message>>(() => firstPage(200));
  const [selected, setSelected] = useState<string[]>([]);
  const [open, setOpen] = useState<string | null>(null);
  const filter = both(ofAll ? undefined : inQueue(queue), own);
  // In the order of identity a page is found at once; otherwise the server goes through everything.
  const every = pages.order || own ? 15 : 5;
  const answer = useCmdlet(
    'Get-Message',
    { ...(filter ? { Filter: filter } : {}), ...parametersOf(pages) },
    live ? { live: every } : {},
  );
  const { items, hasNext } = shown(pages, answer.data?.objects);
  const chosen = items?.filter((message) => selected.includes(message.Identity)) ?? [];
  const turn = (to: Pages<Message>) => {
    setPages(to);
    setSelected([]);
  };
  const tools = useMessageTools({ chosen, filter, onProperties: setOpen });
  const last = items?.at(-1);
  const begin = (pages.behind.length - 1) * pages.size;
  return (
    <>
      <QueueHead queue={queue} />
      <RunningActions />
      <FilterBar
        cmdlet="Get-Message"
        properties={MESSAGE_PROPERTIES}
        applied={own}
        onApply={(text) => {
          setOwn(text);
          turn(firstPage(pages.size, pages.order));
        }}
      />
      <SplitView
        list={
          <div className={styles.column}>
            <ObjectList
              id={ofAll ? 'messages-of-all' : 'messages'}
              label={t('queues.messages')}
              items={items}
              keyOf={keyOf}
              columns={useMessageColumns(ofAll)}
              tools={tools}
              selected={selected}
              onSelect={setSelected}
              onOpen={(message) => setOpen(message.Identity)}
              onRefresh={() => void answer.refetch()}
              problem={answer.error}
              order={{ by: pages.order, onChange: (column) => turn(ordered(pages, column)) }}
              filters={<LiveSwitch live={live} onChange={setLive} seconds={every} />}
              empty={
                <EmptyState
                  title={t(own ? 'queues.noMessageFits' : 'queues.noMessages')}
                  text={t(own ? 'queues.noMessageFitsText' : 'queues.noMessagesText')}
                  action={
                    !own && may('Send-TestMessage') ? (
                      <Link href={TEST}>{t('queues.sendTest')}</Link>
                    ) : undefined
                  }
                />
              }
            />
            <nav className={styles.pager} aria-label={t('queues.pages')}>
              <Button
                size="small"
                icon={<ChevronLeft16Regular />}
                disabledFocusable={pages.behind.length === 1}
                onClick={() => turn(previousPage(pages))}
              >
                {t('queues.previousPage')}
              </Button>
              <span className={styles.range} role="status">
                {items && items.length > 0
                  ? t('queues.range', {
                      from: format.number(begin + 1),
                      to: format.number(begin + items.length),
                    })
                  : ''}
              </span>
              <Button
                size="small"
                icon={<ChevronRight16Regular />}
                iconPosition="after"
                disabledFocusable={!hasNext}
                onClick={() => hasNext && last && turn(nextPage(pages, last))}
              >
                {t('queues.nextPage')}
              </Button>
              <span className={styles.grow} />
              <label className={styles.size}>
                {t('queues.pageSize')}{' '}
                <Select
                  size="small"
                  value={String(pages.size)}
                  onChange={(_, data) => turn(firstPage(Number(data.value), pages.order))}
                >
                  {SIZES.map((size) => (
                    <option key={size} value={size}>
                      {format.number(size)}
                    </option>
                  ))}
                </Select>
              </label>
            </nav>
          </div>
        }
        details={
          <MessageDetails
            message={chosen.length === 1 ? chosen[0] : undefined}
            several={chosen.length}
            onProperties={setOpen}
          />
        }
      />
      {open !== null && <MessageProperties identity={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function QueueHead({ queue }: { queue: string }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const ofAll = queue === '*';
  const answer = useCmdlet('Get-Queue', { Identity: queue }, { live: 5, enabled: !ofAll });
  const found = ofAll ? undefined : answer.data?.objects[0];
  const name = found ? words.nextHop(found) : queue;
  return (
    <div className={styles.head}>
      <Button
        as="a"
        href={QUEUES}
        appearance="subtle"
        icon={<ArrowLeft20Regular />}
        aria-label={t('queues.backToQueues')}
        title={t('queues.backToQueues')}
      />
      <h2 className={styles.title}>
        {ofAll ? t('queues.allMessages') : t('queues.messagesOf', { name })}
      </h2>
      {found && (
        <span className={styles.count}>
          {t('queues.messageCount', {
            count: found.MessageCount,
            number: format.number(found.MessageCount),
          })}
        </span>
      )}
    </div>
  );
}
