// What Test-DomainPublishing says of one thing, and which domain is looked at first.
import type { OutputOf } from '../../../api/outputs';

export type Row = OutputOf<'Test-DomainPublishing'>;
export type Status = Row['Status'];

/** The worst first. */
const ORDER: readonly Status[] = ['Bad', 'Missing', 'Warning', 'Unknown', 'Good'];

/** The same thing again after another test. */
export function keyOf({ Domain, Check, RecordName, RecordType }: Row): string {
  return [Domain, Check, RecordName, RecordType].join(' ');
}

/** How many rows have each status, the worst first; without those that none has. */
export function counted(rows: readonly Row[]): { status: Status; count: number }[] {
  return ORDER.map((status) => ({
    status,
    count: rows.filter(({ Status }) => Status === status).length,
  })).filter(({ count }) => count > 0);
}

export interface Domain {
  DomainName: string;
  Default: boolean;
}

/** The domains that have records, the organization's own first. `*` stands for every domain and has none. */
export function domainsOf(accepted: readonly Domain[]): string[] {
  const named = accepted.filter(({ DomainName }) => DomainName !== '*');
  const sorted = named.toSorted(
    (a, b) => Number(b.Default) - Number(a.Default) || (a.DomainName < b.DomainName ? -1 : 1),
  );
  return sorted.map(({ DomainName }) => DomainName);
}
