// What the pretend Internet has received, and what its domains do. Subject, sender and Message-ID are
// read from the beginning of each message, once; the rest only when it is looked at.
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Problem } from '../../api/problem';
import { send } from '../../api/request';
import { bytesOfBase64, fieldOf } from './mime';

export interface Received {
  key: string;
  time: string;
  clientAddress: string;
  ehlo: string;
  mailFrom: string;
  rcptTo: string[];
  tls: { protocol: string; cipher: string } | null;
  domain?: string;
  host?: string;
  /** Base64. */
  raw: string;
  subject: string | null;
  messageId: string | null;
}

type Told = Omit<Received, 'key' | 'subject' | 'messageId'>;

export interface SandboxDomain {
  name: string;
  behaviour: string;
  text: string;
}

/** Base64 characters in which the header is looked for. */
const BEGINNING = 32_768;
let known = new Map<string, Received>();

/** Messages have no number: two that are the same in everything are told apart by counting. */
function received(list: readonly Told[]): Received[] {
  const now = new Map<string, Received>();
  for (const told of list) {
    const base = `${told.time} ${told.mailFrom} ${told.rcptTo.join(' ')} ${told.raw.length}`;
    let key = base;
    for (let count = 2; now.has(key); count += 1) key = `${base} ${count}`;
    now.set(key, known.get(key) ?? read(key, told));
  }
  known = now;
  return [...now.values()];
}

function read(key: string, told: Told): Received {
  const beginning = bytesOfBase64(told.raw.slice(0, BEGINNING));
  return {
    ...told,
    key,
    subject: fieldOf(beginning, 'Subject'),
    messageId: fieldOf(beginning, 'Message-ID'),
  };
}

export function useSandboxMessages({
  live,
  enabled = true,
}: {
  live?: number;
  enabled?: boolean;
}): UseQueryResult<Received[], Problem> {
  return useQuery<Received[], Problem>({
    queryKey: ['sandbox', 'messages'],
    queryFn: async ({ signal }) => {
      const response = await send('GET', 'sandbox/api/messages', { signal, passive: true });
      return received((await response.json()) as Told[]);
    },
    structuralSharing: false,
    enabled,
    ...(live === undefined ? {} : { refetchInterval: live * 1000 }),
  });
}

export function useSandboxDomains(): UseQueryResult<SandboxDomain[], Problem> {
  return useQuery<SandboxDomain[], Problem>({
    queryKey: ['sandbox', 'domains'],
    queryFn: async ({ signal }) => {
      const response = await send('GET', 'sandbox/api/domains', { signal, passive: true });
      return (await response.json()) as SandboxDomain[];
    },
  });
}
