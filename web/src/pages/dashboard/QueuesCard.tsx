// What waits: how much in all, how much of it because its next hop cannot be reached, and the largest
// queues with their last errors. Get-QueueDigest would leave out queues of fewer than ten messages, and
// on a small server these are what matters.
import { Link, Spinner, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useCmdlet } from '../../api/queries';
import { ErrorPanel } from '../../parts/ErrorPanel';
import { useFormat } from '../../texts/format';
import { QUEUES, queueAddress } from '../mail-flow/queues/addresses';
import { AdviceBox } from '../mail-flow/queues/AdviceBox';
import { Countdown, retryTime } from '../mail-flow/queues/Moment';
import type { Queue } from '../mail-flow/queues/outputs';
import { StatusBadge } from '../mail-flow/queues/StatusBadge';
import { useWords } from '../mail-flow/queues/words';
import { Card } from './Card';

/** Queues that are added up; beyond, the sum is said to be a lower bound. */
const MOST = 1000;
const SHOWN = 5;

const useStyles = makeStyles({
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  one: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '4px',
    padding: '10px 0',
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 12px' },
  grow: { flexGrow: 1 },
  error: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export function QueuesCard(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const answer = useCmdlet(
    'Get-Queue',
    { SortOrder: ['-MessageCount'], Filter: "MessageCount -gt '0'", ResultSize: MOST },
    { live: 10 },
  );
  const title = t('dashboard.queues');
  if (!answer.data) {
    return (
      <Card title={title}>
        {answer.error ? (
          <ErrorPanel problem={answer.error} onRetry={() => void answer.refetch()} />
        ) : (
          <Spinner size="small" label={t('common.loading')} />
        )}
      </Card>
    );
  }
  const queues = answer.data.objects;
  const sum = (list: readonly Queue[]) => list.reduce((all, one) => all + one.MessageCount, 0);
  const total = sum(queues);
  const inRetry = sum(queues.filter(({ Status }) => Status === 'Retry'));
  const unreachable = sum(queues.filter(({ DeliveryType }) => DeliveryType === 'Unreachable'));
  const suspended = sum(queues.filter(({ Status }) => Status === 'Suspended'));
  const isTroubled = inRetry + unreachable + suspended > 0;
  const parts = [
    inRetry > 0 && t('dashboard.inRetry', { count: inRetry, number: format.number(inRetry) }),
    unreachable > 0 &&
      t('dashboard.unreachable', { count: unreachable, number: format.number(unreachable) }),
    suspended > 0 &&
      t('dashboard.suspended', { count: suspended, number: format.number(suspended) }),
  ].filter((part): part is string => part !== false);
  const least = queues.length >= MOST;
  return (
    <Card
      title={title}
      tone={isTroubled ? 'warning' : 'good'}
      state={
        total === 0
          ? t('dashboard.nothingWaits')
          : t(least ? 'dashboard.atLeastWaiting' : 'dashboard.waiting', {
              count: total,
              number: format.number(total),
            })
      }
    >
      {parts.length > 0 && <p className={styles.text}>{parts.join(' · ')}</p>}
      {total === 0 && <p className={styles.text}>{t('dashboard.nothingWaitsText')}</p>}
      {queues.length > 0 && (
        <ul className={styles.list} aria-label={t('dashboard.largest')}>
          {queues.slice(0, SHOWN).map((queue) => (
            <Largest key={queue.Identity} queue={queue} />
          ))}
        </ul>
      )}
      <Link href={QUEUES}>{t('dashboard.allQueues')}</Link>
    </Card>
  );
}

function Largest({ queue }: { queue: Queue }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const next = retryTime(queue);
  return (
    <li className={styles.one}>
      <div className={styles.line}>
        <Link href={queueAddress(queue.Identity)}>{words.nextHop(queue)}</Link>
        <StatusBadge status={queue.Status} />
        {next && (
          <span className={styles.error}>
            {t('dashboard.nextAttempt')} <Countdown to={next} />
          </span>
        )}
        <span className={styles.grow} />
        <span>
          {t('queues.messageCount', {
            count: queue.MessageCount,
            number: format.number(queue.MessageCount),
          })}
        </span>
      </div>
      {queue.LastError && <AdviceBox error={queue.LastError} brief />}
    </li>
  );
}
