// The columns of the list of queues, in the order of the Queue Viewer.
import { makeStyles, tokens } from '@fluentui/react-components';
import { useMemo } from 'react';
import type { Column } from '../../../parts/list-props';
import { useFormat } from '../../../texts/format';
import { Ago, Countdown, retryTime } from './Moment';
import type { Queue } from './outputs';
import { StatusBadge } from './StatusBadge';
import { useWords } from './words';

const useStyles = makeStyles({ many: { fontWeight: tokens.fontWeightSemibold } });

export function useQueueColumns(): readonly Column<Queue>[] {
  const styles = useStyles();
  const words = useWords();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'NextHopDomain',
        title: words.property('NextHopDomain'),
        value: (queue) => words.nextHop(queue),
        width: 'minmax(140px, 1.4fr)',
      },
      {
        id: 'DeliveryType',
        title: words.property('DeliveryType'),
        value: (queue) => words.delivery(queue.DeliveryType),
        width: 'minmax(110px, 1fr)',
      },
      {
        id: 'Status',
        title: words.property('Status'),
        value: (queue) => words.status(queue.Status),
        cell: (queue) => <StatusBadge status={queue.Status} />,
        width: 'minmax(154px, 160px)',
      },
      {
        id: 'MessageCount',
        title: words.property('MessageCount'),
        value: (queue) => queue.MessageCount,
        cell: (queue) => (
          <span className={queue.MessageCount > 0 ? styles.many : undefined}>
            {format.number(queue.MessageCount)}
          </span>
        ),
        numeric: true,
        width: 'minmax(132px, 150px)',
      },
      {
        id: 'NextRetryTime',
        title: words.property('NextRetryTime'),
        value: retryTime,
        cell: (queue) => <Countdown to={retryTime(queue)} />,
        width: 'minmax(140px, 1fr)',
      },
      {
        id: 'LastRetryTime',
        title: words.property('LastRetryTime'),
        value: (queue) => queue.LastRetryTime,
        cell: (queue) => <Ago at={queue.LastRetryTime} />,
        width: 'minmax(130px, 0.8fr)',
      },
      {
        id: 'LastError',
        title: words.property('LastError'),
        value: (queue) => queue.LastError,
        width: 'minmax(140px, 2fr)',
      },
      {
        id: 'Identity',
        title: words.property('Identity'),
        value: (queue) => queue.Identity,
        optional: true,
      },
      {
        id: 'RetryCount',
        title: words.property('RetryCount'),
        value: (queue) => queue.RetryCount,
        numeric: true,
        optional: true,
      },
      {
        id: 'Velocity',
        title: words.property('Velocity'),
        value: (queue) => queue.Velocity,
        numeric: true,
        optional: true,
      },
      {
        id: 'TlsRequirement',
        title: words.property('TlsRequirement'),
        value: (queue) => words.tls(queue.TlsRequirement),
        optional: true,
      },
      {
        id: 'PoolHosts',
        title: words.property('PoolHosts'),
        value: (queue) => queue.PoolHosts,
        optional: true,
      },
      {
        id: 'PoolConnections',
        title: words.property('PoolConnections'),
        value: (queue) => queue.PoolConnections,
        numeric: true,
        optional: true,
      },
      {
        id: 'PoolLimit',
        title: words.property('PoolLimit'),
        value: (queue) => queue.PoolLimit,
        width: 'minmax(140px, 1.4fr)',
        optional: true,
      },
    ],
    [words, format, styles],
  );
}
