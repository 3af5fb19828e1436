// What happens next to a message that waits, and when. Pure.
import { secondsOf } from '../../../parts/time-span';
import type { Message, Queue } from '../queues/outputs';

export type Next =
  /** As soon as a connector fits, without anybody doing anything more. */
  | { kind: 'connector' }
  /** Nothing, until somebody resumes the message, or its queue. */
  | { kind: 'messageSuspended' }
  | { kind: 'queueSuspended' }
  | { kind: 'poison' }
  /** The whole queue is tried again. */
  | { kind: 'queueRetry'; at: string }
  /** This message is tried again, at the latest then. */
  | { kind: 'messageRetry'; at: string | null }
  | { kind: 'now' };

interface Known {
  message: Message;
  queue: Queue | undefined;
  /** When it was last put off. */
  deferredAt: string | null;
  /** MessageRetryInterval, where one may read it. */
  interval: string | undefined;
}

export function nextFor({ message, queue, deferredAt, interval }: Known): Next {
  const name = (message.Queue.split('\\')[1] ?? '').toLowerCase();
  if (name === 'poison') return { kind: 'poison' };
  if (message.Status === 'Suspended') return { kind: 'messageSuspended' };
  if (queue?.Status === 'Suspended') return { kind: 'queueSuspended' };
  if (name === 'unreachable') return { kind: 'connector' };
  if (queue?.Status === 'Retry' && queue.NextRetryTime) {
    return { kind: 'queueRetry', at: queue.NextRetryTime };
  }
  if (message.Status === 'Retry') {
    const seconds = secondsOf(interval);
    const known = seconds !== null && deferredAt !== null;
    const at = known ? new Date(Date.parse(deferredAt) + seconds * 1000).toISOString() : null;
    return { kind: 'messageRetry', at };
  }
  return { kind: 'now' };
}
