// What Get-TransportSecurity says: the way of the mail, the hosts, and what its texts mean, so that they can be
// said in the person's language. What is not known stays as the server writes it. Pure.
import type { OutputOf } from '../../../api/outputs';

export type Row = OutputOf<'Get-TransportSecurity'>;
export type Host = Row & { Host: string; Address: string };
export type Validation = Row['DnssecValidation'];
export type Demanded = NonNullable<Row['Requirement']>;

/** What a message can want of TLS itself. */
export const WISHES = ['Default', 'Required', 'NotRequired'] as const;
export type Wish = (typeof WISHES)[number];

/** The wish that a word of the address names. */
export function wishOf(word: string | undefined): Wish {
  return WISHES.find((wish) => wish.toLowerCase() === word?.toLowerCase()) ?? 'Default';
}

/** The parameters of the question. */
export function question(to: string, wish: Wish) {
  if (to === '') return {};
  return wish === 'Default' ? { Recipient: to } : { Recipient: to, TlsRequirement: wish };
}

/** The same address of the same host again. */
export function keyOf({ Host, Address }: Host): string {
  return `${Host} ${Address}`;
}

export function hostsOf(rows: readonly Row[]): Host[] {
  return rows.filter((row): row is Host => row.Host !== null && row.Address !== null);
}

/** Which way the mail goes. */
export type Way =
  | { kind: 'here' | 'nowhere' }
  | { kind: 'elsewhere'; connector: string }
  | { kind: 'other'; said: string }
  | {
      kind: 'connector';
      connector: string;
      nextHop: string;
      /** Until when the domain is excepted from what the DNS demands. */
      exception: string | null;
      /** Why its hosts are not known. */
      failure: string | null;
    };

export function wayOf(rows: readonly Row[]): Way | null {
  const [first] = rows;
  if (first?.Recipient == null) return null;
  const { SendConnector: connector, NextHop: nextHop, Detail: said } = first;
  if (connector !== null && nextHop !== null) {
    const failure = first.Host === null ? said : null;
    return { kind: 'connector', connector, nextHop, exception: exceptionOf(rows), failure };
  }
  if (connector !== null) return { kind: 'elsewhere', connector };
  if (said?.includes('stays in the organization')) return { kind: 'here' };
  if (said === null || said.startsWith('No Send connector')) return { kind: 'nowhere' };
  return { kind: 'other', said };
}

const EXCEPTION = /until (\S+): TlsExceptionUntil of the remote domain/;

function exceptionOf(rows: readonly Row[]): string | null {
  const found = rows.map(({ Detail }) => EXCEPTION.exec(Detail ?? '')?.[1]);
  return found.find((moment) => moment !== undefined) ?? null;
}

/** What is to be said of one host besides: not the exception, which holds for all of them. */
export function detailOf({ Detail }: Row): string | null {
  return Detail !== null && EXCEPTION.test(Detail) ? null : Detail;
}

/** Whose demand it is. */
export type Demander =
  | { by: 'tlsa'; name: string }
  | { by: 'mtaSts'; name: string; mode: string }
  | { by: 'message' }
  | { by: 'setting'; name: string };

/** By what the server calls it; a setting of the connector unless it is something else. */
export function demanderOf(text: string): Demander {
  const [, tlsa] = /^TLSA records of (.+)$/.exec(text) ?? [];
  if (tlsa !== undefined) return { by: 'tlsa', name: tlsa };
  const [, name, mode] = /^MTA-STS policy of (.+) \(mode (\w+)\)$/.exec(text) ?? [];
  if (name !== undefined && mode !== undefined) return { by: 'mtaSts', name, mode };
  return text === 'REQUIRETLS of the message' ? { by: 'message' } : { by: 'setting', name: text };
}

/** What a certificate says of itself. */
export interface Certificate {
  subject: string;
  issuer: string;
  from: string;
  until: string;
  /** Empty where it has none. */
  names: string;
  fingerprint: string;
}

const CERTIFICATE =
  /^subject (.*); issuer (.*); valid (.*) to (.*?); (?:names (.*); )?SHA-256 ([\dA-F:]+)$/;

/** What the server writes of a certificate, in its parts; null where it could not read it. */
export function certificateOf(text: string): Certificate | null {
  const [, subject, issuer, from, until, names, fingerprint] = CERTIFICATE.exec(text) ?? [];
  if (subject === undefined || issuer === undefined || from === undefined) return null;
  if (until === undefined || fingerprint === undefined) return null;
  return { subject, issuer, from, until, names: names ?? '', fingerprint };
}

export type ReasonId = 'remote' | 'notTried' | 'notSigned' | 'tooMuch' | 'bogus';

const REASONS: readonly (readonly [RegExp, ReasonId])[] = [
  [/^the DNS servers are not on this machine/, 'remote'],
  [/^not tried (?:again )?yet$/, 'notTried'],
  [/^the signed name (\S+) is not said to be authentic$/, 'notSigned'],
  [/^(\S+), which is not signed, is said to be authentic$/, 'tooMuch'],
  [/^(\S+), whose signatures are wrong, is answered$/, 'bogus'],
];

/** Why signatures are not believed; null where it is none of the known reasons. */
export function reasonOf(detail: string): { id: ReasonId; name: string } | null {
  for (const [pattern, id] of REASONS) {
    const found = pattern.exec(detail);
    if (found) return { id, name: found[1] ?? '' };
  }
  return null;
}
