// The life of a message as its rows of the message tracking log tell it: the steps in their order, and
// where each recipient stands now. Pure.

/** A row of Get-MessageTrackingLog. */
export interface TrackingRow {
  Timestamp: string;
  ClientIp: string | null;
  ClientHostname: string | null;
  ServerIp: string | null;
  ServerHostname: string | null;
  ConnectorId: string | null;
  Source: string;
  EventId: string;
  InternalMessageId: number | null;
  MessageId: string | null;
  Recipients: string[];
  RecipientStatus: string[];
  TotalBytes: number | null;
  Reference: string[];
  MessageSubject: string | null;
  Sender: string | null;
  MessageInfo: string | null;
}

export type StepEvent =
  | 'receive'
  | 'send'
  | 'deliver'
  | 'defer'
  | 'fail'
  | 'remove'
  | 'dsn'
  | 'resubmit'
  | 'load'
  | 'poison'
  | 'other';

export interface Step {
  key: string;
  at: string;
  event: StepEvent;
  /** The event as the log names it, with its source: SEND (SMTP). */
  written: string;
  /** How it looks: done for good, failed for good, waiting, or on its way. */
  tone: 'good' | 'bad' | 'waiting' | 'plain';
  recipients: string[];
  /** What was said, each text once. */
  said: string[];
  connector: string | null;
  /** The other side: who gave the message, or who took it. */
  host: string | null;
  address: string | null;
  /** The same step again, so many times. */
  times: number;
  lastAt: string;
}

const EVENTS: Readonly<Record<string, StepEvent>> = {
  RECEIVE: 'receive',
  SEND: 'send',
  DELIVER: 'deliver',
  DEFER: 'defer',
  FAIL: 'fail',
  DSN: 'dsn',
  RESUBMIT: 'resubmit',
  LOAD: 'load',
  POISONMESSAGE: 'poison',
};

const TONES: Readonly<Partial<Record<StepEvent, Step['tone']>>> = {
  send: 'good',
  deliver: 'good',
  fail: 'bad',
  remove: 'bad',
  poison: 'bad',
  defer: 'waiting',
};

function eventOf(row: TrackingRow): StepEvent {
  if (row.EventId === 'FAIL' && row.Source === 'ADMIN') return 'remove';
  return EVENTS[row.EventId] ?? 'other';
}

/** The steps, the oldest first; the same deferral again and again is one step with a count. */
export function stepsOf(rows: readonly TrackingRow[]): Step[] {
  const steps: Step[] = [];
  for (const row of inOrder(rows)) {
    const event = eventOf(row);
    const given = event === 'receive';
    const step: Step = {
      key: `${row.Timestamp} ${row.EventId} ${row.Source} ${row.Recipients.join(' ')}`,
      at: row.Timestamp,
      event,
      written: `${row.EventId} (${row.Source})`,
      tone: TONES[event] ?? 'plain',
      recipients: row.Recipients,
      said: [...new Set(row.RecipientStatus.filter(Boolean))],
      connector: row.ConnectorId,
      host: given ? row.ClientHostname : row.ServerHostname,
      address: given ? row.ClientIp : row.ServerIp,
      times: 1,
      lastAt: row.Timestamp,
    };
    const before = steps.at(-1);
    if (before && event === 'defer' && isSame(before, step)) {
      before.times += 1;
      before.lastAt = step.at;
    } else steps.push(step);
  }
  return steps;
}

function isSame(a: Step, b: Step): boolean {
  const shape = ({ event, connector, recipients, said }: Step) =>
    JSON.stringify([event, connector, recipients, said]);
  return shape(a) === shape(b);
}

function inOrder(rows: readonly TrackingRow[]): TrackingRow[] {
  const known = new Set<string>();
  const once = rows.filter((row) => {
    const key = JSON.stringify(row);
    return !known.has(key) && known.add(key);
  });
  return once.toSorted((a, b) => a.Timestamp.localeCompare(b.Timestamp));
}

export type Standing = 'delivered' | 'failed' | 'removed' | 'waiting' | 'accepted';

/** Where one recipient stands. */
export interface Fate {
  recipient: string;
  standing: Standing;
  at: string;
  /** What was said of it last. */
  said: string | null;
  connector: string | null;
  host: string | null;
  address: string | null;
  /** Into a mailbox of this organization. */
  here: boolean;
  /** When the message was accepted, as far as is known. */
  since: string | null;
}

const STANDINGS: Readonly<Partial<Record<StepEvent, Standing>>> = {
  receive: 'accepted',
  resubmit: 'accepted',
  load: 'accepted',
  defer: 'waiting',
  send: 'delivered',
  deliver: 'delivered',
  fail: 'failed',
  remove: 'removed',
};

/** Where every recipient stands, in the order in which they were named. */
export function fatesOf(rows: readonly TrackingRow[]): Fate[] {
  const fates = new Map<string, Fate>();
  let since: string | null = null;
  for (const row of inOrder(rows)) {
    const event = eventOf(row);
    const standing = STANDINGS[event];
    if (standing === undefined) continue;
    if (event === 'receive') since ??= row.Timestamp;
    for (const [index, recipient] of row.Recipients.entries()) {
      const key = recipient.toLowerCase();
      if (isFinal(fates.get(key)?.standing)) continue;
      fates.set(key, {
        recipient,
        standing,
        at: row.Timestamp,
        said: row.RecipientStatus[index] || row.RecipientStatus[0] || null,
        connector: row.ConnectorId,
        host: row.ServerHostname,
        address: row.ServerIp,
        here: event === 'deliver',
        since: row.MessageInfo ?? since,
      });
    }
  }
  return [...fates.values()];
}

export function isFinal(standing: Standing | undefined): boolean {
  return standing === 'delivered' || standing === 'failed' || standing === 'removed';
}

/** Whether nothing more will happen: there are recipients, and all have their answer. */
export function isSettled(fates: readonly Fate[]): boolean {
  return fates.length > 0 && fates.every(({ standing }) => isFinal(standing));
}

/** Whole seconds between polls: often at first, then less. */
export function pollEvery(sinceSent: number): number {
  if (sinceSent < 60_000) return 2;
  return sinceSent < 600_000 ? 5 : 15;
}
