// The records that a configuration needs in the DNS: what is to be published, for which keys, and what
// the DNS has of it, read from StatusDetail. Pure.
import { algorithmsOf, isRotating, type Algorithm, type DkimConfig } from './config';

/** What the keys of a record do: sign now, sign after the rotation, or have signed before it. */
export type Role = 'signing' | 'next' | 'old';

/** What the DNS has at a name. */
export type Finding =
  | { kind: 'published' }
  | { kind: 'missing' }
  /** Another text stands there; why it will not do, as the server says it. */
  | { kind: 'differs'; why: string }
  /** The DNS could not be asked, or did not answer. */
  | { kind: 'unchecked'; why: string };

export interface KeyRecord {
  algorithm: Algorithm;
  role: Role;
  name: string;
  text: string;
  /** The record as a line of a zone file. */
  line: string;
  /** Null where nobody needs the record at present. */
  finding: Finding | null;
}

/** All records there are keys for: those that sign first, then those that come, then those that were. */
export function recordsOf(config: DkimConfig): KeyRecord[] {
  const used = algorithmsOf(config);
  const records = (['Selector1', 'Selector2'] as const).flatMap((selector) => {
    const role = roleOf(config, config[selector]);
    return (['RsaSha256', 'Ed25519Sha256'] as const).flatMap((algorithm): KeyRecord[] => {
      const kind = algorithm === 'RsaSha256' ? '' : 'Ed25519';
      const name = config[`${selector}${kind}RecordName`];
      const text = config[`${selector}${kind}Record`];
      if (name === null || text === null) return [];
      const line = config.Records.find((one) => one.startsWith(`${name}. `)) ?? '';
      const finding =
        role !== 'old' && used.includes(algorithm) ? { kind: 'published' as const } : null;
      return [{ algorithm, role, name, text, line, finding }];
    });
  });
  const names = records.map(({ name }) => name);
  const order: readonly Role[] = ['signing', 'next', 'old'];
  return records
    .map((record) => ({ ...record, finding: record.finding && findingOf(config, record, names) }))
    .toSorted((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
}

function roleOf(config: DkimConfig, selector: string): Role {
  if (selector === config.SigningSelector) return 'signing';
  return isRotating(config) ? 'next' : 'old';
}

/** What StatusDetail says of a record; it names only those that something is wrong with. */
function findingOf(
  { Status, StatusDetail }: DkimConfig,
  { name }: KeyRecord,
  names: readonly string[],
): Finding {
  if (StatusDetail === null) {
    return Status === 'Valid' ? { kind: 'published' } : { kind: 'unchecked', why: '' };
  }
  const said = saidOf(StatusDetail, name, names);
  if (said === undefined) return { kind: 'published' };
  if (said.startsWith('has no TXT record')) return { kind: 'missing' };
  const [, differs] = /^is not the record to publish: (.*)$/s.exec(said) ?? [];
  if (differs !== undefined) return { kind: 'differs', why: differs };
  return { kind: 'unchecked', why: said.replace(/^could not be looked up: /, '') };
}

/** The part of a text that begins with this name, up to where another name begins. */
function saidOf(detail: string, name: string, names: readonly string[]): string | undefined {
  const ends = names.map((other) => `; ${other} `);
  const whole = `; ${detail}`;
  const from = whole.indexOf(`; ${name} `);
  if (from < 0) return undefined;
  const start = from + name.length + 3;
  const next = ends.map((end) => whole.indexOf(end, start)).filter((at) => at >= 0);
  return whole.slice(start, next.length > 0 ? Math.min(...next) : undefined);
}

/** Where a configuration stands, and so what is to be done. */
export interface Standing {
  signing:
    /** Signs, and everybody can verify it. */
    | 'good'
    /** Signs, and nobody can verify it. */
    | 'harm'
    /** Signs; whether that can be verified is not known. */
    | 'unknown'
    /** Does not sign; the records are there. */
    | 'ready'
    /** Does not sign; records are to be published. */
    | 'publish'
    /** Does not sign; the DNS could not be asked. */
    | 'unchecked';
  rotation:
    /** The records of the new keys are to be published. */
    | 'publish'
    /** Everything is there; the date is awaited. */
    | 'waits'
    /** The date has come; the server will see it. */
    | 'due'
    | null;
  /** Until when the records of the keys that signed before are needed. */
  oldUntil: string | null;
}

export function standingOf(config: DkimConfig, now: number): Standing {
  const records = recordsOf(config);
  const lacks = (role: Role, ...kinds: Finding['kind'][]) =>
    records.some(
      ({ role: its, finding }) => its === role && finding && kinds.includes(finding.kind),
    );
  const wrong = lacks('signing', 'missing', 'differs');
  const unknown = lacks('signing', 'unchecked');
  const signing = config.Enabled
    ? wrong
      ? 'harm'
      : unknown
        ? 'unknown'
        : 'good'
    : wrong
      ? 'publish'
      : unknown
        ? 'unchecked'
        : 'ready';
  const { OldRecordsNeededUntil: until, RotateOnDate: date } = config;
  const rotation = !isRotating(config)
    ? null
    : lacks('next', 'missing', 'differs', 'unchecked')
      ? 'publish'
      : Date.parse(date ?? '') > now
        ? 'waits'
        : 'due';
  const isPast = until === null || isRotating(config) || Date.parse(until) <= now;
  return { signing, rotation, oldUntil: isPast ? null : until };
}
