// What an error of a queue or message means and what to do about it, and what hosts have asked for that
// makes mail to them slow: a catalogue by the texts that the
// server itself writes, then by enhanced status code (RFC 3463), then by the class of the reply. The
// words are in the section `advice` of the texts: <id>.means and <id>.todo. Pure.
import type texts from '../../../texts/en';
import type { Queue } from './outputs';

export type AdviceId = keyof (typeof texts)['advice']['known'];

export interface Advice {
  id: AdviceId;
  /** Where it can be done. */
  leadsTo?: 'newConnector' | 'connectors';
}

type Rule = readonly [pattern: RegExp, id: AdviceId, leadsTo?: Advice['leadsTo']];

const TEXTS: readonly Rule[] = [
  [/matching connector cannot be found/i, 'noConnector', 'newConnector'],
  [/Send connector has been removed/i, 'connectorRemoved', 'newConnector'],
  [/QUEUE\.Expired/i, 'expired'],
  [/QUEUE\.TransportDeleted/i, 'removed'],
  [/DNS\.NonExistentDomain/i, 'noDomain'],
  [/DNS\.NoRecords/i, 'noRecords'],
  [/DNS\.NullMx/i, 'nullMx'],
  [/DNS\.LoopsBack/i, 'loopsBack', 'connectors'],
  [/DNS query failed/i, 'dnsFailed'],
  [/this version cannot do this yet/i, 'notYet', 'connectors'],
  [/REQUIRETLS: .*does not offer REQUIRETLS/, 'requireTlsNotOffered'],
  [/REQUIRETLS: .*neither in signed DNS/, 'requireTlsNotKnown'],
  [
    /REQUIRETLS: .*(?:the connector uses no TLS|validates no signatures|not on this machine)/,
    'requireTlsHere',
  ],
  [/REQUIRETLS: /, 'requireTlsFailed'],
  [/MTA-STS policy of/, 'mtaSts'],
  [/4\.7\.321/, 'daneNoTls'],
  [/4\.7\.323/, 'tlsaInvalid'],
  [/4\.7\.324/, 'dnssecInvalid'],
  [
    /certificate is for .* demanded|not of an authority that is trusted/i,
    'certificate',
    'connectors',
  ],
  [/does not offer STARTTLS/i, 'noStartTls', 'connectors'],
  [/TLS handshake/i, 'tlsFailed', 'connectors'],
  [/AuthenticationCredential|SmartHostAuthMechanism|\b535\b/i, 'logon', 'connectors'],
  [/FrontendProxyEnabled|Front end .* cannot be used|outbound gateway/i, 'frontEnd', 'connectors'],
  [/source servers can be reached|No host to connect to/i, 'sourceServers', 'connectors'],
  [/Connection to .* failed: .*refused/i, 'connectionRefused'],
  [/Connection to .* failed|did not answer in time|took too long/i, 'noConnection'],
  [/closed the connection|connection to .* was lost/i, 'dropped'],
  [/RESOLVER\.ADR\.RecipNotFound/i, 'unknownHere'],
  [/gr[ae]y-?list/i, 'greylist'],
  [
    /\b4\d\d\b.*(?:rate.?limit|too many con|throttl|too fast|slow down|server busy|unusual rate)/is,
    'fewer',
  ],
  [/\bSPF\b|\bDKIM\b|\bDMARC\b/i, 'senderAuthentication'],
  [/block ?list|blacklist|spamhaus|reputation/i, 'blocked'],
];

const CODES: readonly Rule[] = [
  [/^[45]\.1\.(0|7|8)$/, 'badSender'],
  [/^5\.1\.(1|10|2|3|6)$/, 'noSuchUser'],
  [/^[45]\.1\./, 'noSuchUser'],
  [/^[45]\.2\.1$/, 'mailboxDisabled'],
  [/^[45]\.2\.2$/, 'mailboxFull'],
  [/^[45]\.(2\.3|3\.4)$/, 'tooLarge'],
  [/^[45]\.3\.1$/, 'noResources'],
  [/^4\.3\.2$/, 'busy'],
  [/^4\.4\.1$/, 'noConnection'],
  [/^4\.4\.2$/, 'dropped'],
  [/^[45]\.4\.6$/, 'loop'],
  [/^5\.4\.4$/, 'noDomain'],
  [/^4\.4\.7$/, 'expired'],
  [/^[45]\.6\./, 'content'],
  [/^[45]\.7\.(20|21|22|23|24|25|26|27|28|29)$/, 'senderAuthentication'],
  [/^5\.7\.30$/, 'requireTlsNotOffered'],
  [/^[45]\.7\.4$/, 'noStartTls', 'connectors'],
  [/^4\.7\.5$/, 'tlsFailed', 'connectors'],
  [/^[45]\.7\.8$/, 'logon', 'connectors'],
  [/^4\.7\./, 'policyLater'],
  [/^5\.7\./, 'policy'],
];

/** The advice for an error; null where there is no error. */
export function adviceFor(error: string | null | undefined): Advice | null {
  if (!error) return null;
  const said = innermost(error);
  const known = TEXTS.find(([pattern]) => pattern.test(said));
  if (known) return advice(known);
  const code = enhancedCode(said);
  const coded = code === null ? undefined : CODES.find(([pattern]) => pattern.test(code));
  if (coded) return advice(coded);
  const reply = code?.[0] ?? /^\s*([245])\d\d\b/.exec(said)?.[1];
  return { id: reply === '4' ? 'later' : reply === '5' ? 'never' : 'unknown' };
}

/** How many connections the hosts of a queue are given at most, since they have asked for less. */
export interface Limit {
  most: number;
  until: string | null;
  /** What they said. */
  cause: string;
}

/** The limit of a queue's pool; null where there is none. */
export function limitOf(
  queue: Pick<Queue, 'PoolLimit' | 'PoolLimitUntil'> | undefined,
): Limit | null {
  const [, most, cause] = /^(\d+): (.*)$/s.exec(queue?.PoolLimit ?? '') ?? [];
  if (most === undefined || cause === undefined) return null;
  return { most: Number(most), until: queue?.PoolLimitUntil ?? null, cause };
}

/** The enhanced status code in a reply: 4.4.1. */
export function enhancedCode(text: string): string | null {
  return /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1] ?? null;
}

/** What the last host said, where the text only wraps it. */
function innermost(error: string): string {
  return /responded with: "(.*?)\.?" Attempted failover/s.exec(error)?.[1] ?? error;
}

function advice([, id, leadsTo]: Rule): Advice {
  return leadsTo === undefined ? { id } : { id, leadsTo };
}

/**
 * What a message meets with now. A message that has waited without a connector keeps that text until
 * its new queue has tried it; there the queue's error counts.
 */
export function presentError(
  message: { Queue: string; LastError: string | null },
  queue?: { LastError: string | null },
): string | null {
  const isOld =
    /matching connector cannot be found/i.test(message.LastError ?? '') &&
    !/\\unreachable$/i.test(message.Queue);
  return isOld ? (queue?.LastError ?? null) : message.LastError;
}
