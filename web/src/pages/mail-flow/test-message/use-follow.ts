// Everything that is known of a message: its rows in the message tracking log, the reports about it,
// and, while it waits, itself and its queues. Read again and again until every recipient has its answer.
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { run } from '../../../api/cmdlets';
import { usePermissions } from '../../../api/permissions';
import type { Problem } from '../../../api/problem';
import { useCmdlet } from '../../../api/queries';
import { useWhoAmI } from '../../../api/session';
import { useNow } from '../queues/clock';
import { quoted } from '../queues/filter';
import type { Message, Queue } from '../queues/outputs';
import { fatesOf, isSettled, pollEvery, stepsOf, type Fate, type Step } from './timeline';

export interface Followed {
  steps: Step[];
  fates: Fate[];
  settled: boolean;
  messages: readonly Message[];
  queues: readonly Queue[];
  /** MessageRetryInterval. */
  interval: string | undefined;
  subject: string | null;
  /** Both logs and queues have answered. */
  loaded: boolean;
  problem: Problem | null;
  refresh: () => void;
}

/** Reports and clocks that differ a little. */
const BEFORE = 5 * 60_000;
/** How long after a failure its report is looked for. */
const REPORT = 60_000;

export function useFollow(id: string, at: string | undefined): Followed {
  const { may } = usePermissions();
  const { server } = useWhoAmI();
  const now = useNow();
  const begun = at === undefined ? Number.NaN : Date.parse(at);
  const every = Number.isNaN(begun) ? 5 : pollEvery(now - begun);
  const start = Number.isNaN(begun) ? {} : { Start: new Date(begun - BEFORE).toISOString() };
  const mayTrack = may('Get-MessageTrackingLog');
  const mayLook = may('Get-Message');

  const [done, setDone] = useState(false);
  const own = useCmdlet(
    'Get-MessageTrackingLog',
    { MessageId: id, ...start },
    { enabled: mayTrack, ...(done ? {} : { live: every }) },
  );
  const fates = fatesOf(own.data?.objects ?? []);
  const settled = isSettled(fates);
  if (settled && !done) setDone(true);
  const failed = fates.find(({ standing }) => standing === 'failed' || standing === 'removed');
  const isReportDue = failed !== undefined && now - Date.parse(failed.at) < REPORT;
  const reports = useCmdlet(
    'Get-MessageTrackingLog',
    { Reference: id, EventId: 'DSN', ...start },
    // The report comes within moments of the failure; a delay is reported after hours.
    {
      enabled: mayTrack && fates.length > 0,
      ...(settled && !isReportDue ? {} : { live: failed ? 5 : 30 }),
    },
  );
  const waiting = useCmdlet(
    'Get-Message',
    { Filter: `InternetMessageId -eq ${quoted(id)}`, IncludeRecipientInfo: true },
    { enabled: mayLook && !settled, live: every },
  );
  const messages = settled ? [] : (waiting.data?.objects ?? []);
  const names = [...new Set(messages.map(({ Queue }) => Queue))];
  const queues = useQueries({
    queries: names.map((Identity) => ({
      queryKey: ['cmdlet', 'Get-Queue', { Identity }],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        run('Get-Queue', { Identity }, { signal, passive: true }),
      refetchInterval: every * 1000,
    })),
  });
  const service = useCmdlet(
    'Get-TransportService',
    { Identity: server },
    { enabled: messages.length > 0 && may('Get-TransportService') },
  );
  const interval = service.data?.objects[0] as { MessageRetryInterval?: string } | undefined;
  return {
    steps: stepsOf([...(own.data?.objects ?? []), ...(reports.data?.objects ?? [])]),
    fates,
    settled,
    messages,
    queues: queues.flatMap(({ data }) => data?.objects ?? []),
    interval: interval?.MessageRetryInterval,
    subject: own.data?.objects[0]?.MessageSubject ?? messages[0]?.Subject ?? null,
    loaded:
      (own.data !== undefined || !mayTrack) && (waiting.data !== undefined || settled || !mayLook),
    problem: own.error ?? waiting.error,
    refresh: () => {
      void own.refetch();
      void waiting.refetch();
    },
  };
}
