// Everything about the selected queue; with nothing selected, what queues are.
import { Link, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { DetailsPane } from '../../../parts/DetailsPane';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useFormat } from '../../../texts/format';
import { TEST, messagesOf, securityAddress } from './addresses';
import { limitOf } from './advice';
import { AdviceBox } from './AdviceBox';
import { ConnectorName } from './ConnectorName';
import { Ago, Countdown, retryTime } from './Moment';
import { LimitBox } from './LimitBox';
import type { Queue } from './outputs';
import { StatusBadge } from './StatusBadge';
import { useWords } from './words';

const useStyles = makeStyles({
  text: { color: tokens.colorNeutralForeground2, margin: '0 0 10px' },
  more: { margin: '14px 0 0' },
});

interface Props {
  queue: Queue | undefined;
  several: number;
  /** Nothing waits anywhere. */
  isQuiet: boolean;
}

export function QueueDetails({ queue, several, isQuiet }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  if (!queue) {
    if (several > 1) return <DetailsPane title={t('list.several', { count: several })} />;
    return (
      <DetailsPane title={isQuiet ? t('queues.quiet') : t('queues.about')}>
        {isQuiet && <p className={styles.text}>{t('queues.quietText')}</p>}
        <p className={styles.text}>{t('queues.aboutDelivery')}</p>
        <p className={styles.text}>{t('queues.aboutSubmission')}</p>
        <p className={styles.text}>{t('queues.aboutUnreachable')}</p>
        {may('Send-TestMessage') && <Link href={TEST}>{t('queues.sendTest')}</Link>}
      </DetailsPane>
    );
  }
  return <Facts queue={queue} />;
}

function Facts({ queue }: { queue: Queue }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  const format = useFormat();
  const words = useWords();
  const rate = (value: number) => t('queues.perSecond', { rate: format.number(value) });
  const priorities = (counts: readonly number[]) =>
    queue.PriorityDescriptions.flatMap((word, index) =>
      counts[index]
        ? [t('queues.pair', { name: words.priority(word), value: format.number(counts[index]) })]
        : [],
    ).join(', ');
  const velocity =
    queue.Velocity > 0
      ? t('queues.draining')
      : queue.Velocity < 0
        ? t('queues.filling')
        : t('queues.steady');
  const next = retryTime(queue);
  const limit = limitOf(queue);
  const isConnector = !/^0{8}-/.test(queue.NextHopConnector);
  const facts = [
    {
      name: words.property('LastError'),
      value: queue.LastError && <AdviceBox error={queue.LastError} />,
    },
    { name: words.property('PoolLimit'), value: limit && <LimitBox limit={limit} /> },
    { name: words.property('Identity'), value: queue.Identity },
    { name: words.property('Status'), value: <StatusBadge status={queue.Status} /> },
    { name: words.property('MessageCount'), value: format.number(queue.MessageCount) },
    { name: t('queues.perPriority'), value: priorities(queue.MessageCountsPerPriority) },
    {
      name: words.property('DeferredMessageCount'),
      value: queue.DeferredMessageCount ? format.number(queue.DeferredMessageCount) : null,
    },
    {
      name: t('queues.deferredPerPriority'),
      value: priorities(queue.DeferredMessageCountsPerPriority),
    },
    {
      name: words.property('NextRetryTime'),
      value: next && (
        <>
          <Countdown to={next} /> ({format.exact(next)})
        </>
      ),
    },
    {
      name: words.property('LastRetryTime'),
      value: queue.LastRetryTime && (
        <>
          <Ago at={queue.LastRetryTime} /> ({format.exact(queue.LastRetryTime)})
        </>
      ),
    },
    { name: words.property('FirstRetryTime'), value: format.exact(queue.FirstRetryTime) },
    { name: words.property('RetryCount'), value: queue.RetryCount || null },
    { name: words.property('IncomingRate'), value: rate(queue.IncomingRate) },
    { name: words.property('OutgoingRate'), value: rate(queue.OutgoingRate) },
    { name: words.property('Velocity'), value: `${format.number(queue.Velocity)} (${velocity})` },
    { name: words.property('DeliveryType'), value: words.delivery(queue.DeliveryType) },
    { name: words.property('NextHopDomain'), value: queue.NextHopDomain },
    {
      name: words.property('NextHopConnector'),
      value: isConnector ? <ConnectorName guid={queue.NextHopConnector} /> : null,
    },
    { name: words.property('PoolHosts'), value: queue.PoolHosts },
    {
      name: words.property('PoolConnections'),
      value:
        queue.PoolConnections === null
          ? null
          : t('queues.ofAllQueues', { number: format.number(queue.PoolConnections) }),
    },
    { name: words.property('TlsDomain'), value: queue.TlsDomain },
    { name: words.property('TlsRequirement'), value: words.tls(queue.TlsRequirement) },
  ];
  return (
    <DetailsPane title={words.nextHop(queue)} facts={facts}>
      {may('Get-Message') && (
        <p className={styles.more}>
          <Link href={messagesOf(queue.Identity)}>{t('queues.viewMessages')}</Link>
        </p>
      )}
      {may('Get-TransportSecurity') && queue.DeliveryType === 'DnsConnectorDelivery' && (
        <p className={styles.more}>
          <Link href={securityAddress(`postmaster@${queue.NextHopDomain}`, queue.TlsRequirement)}>
            {t('transportSecurity.title')}
          </Link>
        </p>
      )}
      <ShowCommand cmdlet="Get-Queue" parameters={{ Identity: queue.Identity }} />
    </DetailsPane>
  );
}
