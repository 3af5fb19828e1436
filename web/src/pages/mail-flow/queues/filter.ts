// From the filter bar to the text of -Filter: Property -op 'value', joined by -and. Which operators a
// property has is that of the Queue Viewer. Pure.
import { utcText } from '../../../parts/moment';

export type Operator =
  | 'equals'
  | 'differs'
  | 'contains'
  | 'greater'
  | 'greaterOrEqual'
  | 'less'
  | 'lessOrEqual'
  | 'present'
  | 'absent';

export type Kind =
  'word' | 'text' | 'optionalText' | 'number' | 'kilobytes' | 'time' | 'optionalTime';

export interface Property<Name extends string = string> {
  name: Name;
  kind: Kind;
  /** The words it can be; free text where there are none. */
  words?: readonly string[];
}

/** A line of the filter bar; `value` as typed. */
export interface Condition {
  property: string;
  operator: Operator;
  value: string;
}

const ORDER = ['greater', 'greaterOrEqual', 'less', 'lessOrEqual'] as const;

const OPERATORS: Readonly<Record<Kind, readonly Operator[]>> = {
  word: ['equals', 'differs'],
  text: ['equals', 'differs', 'contains'],
  optionalText: ['contains', 'equals', 'differs', 'present', 'absent'],
  number: ['equals', 'differs', ...ORDER],
  kilobytes: ['equals', 'differs', ...ORDER],
  time: ORDER,
  optionalTime: [...ORDER, 'present', 'absent'],
};

const WRITTEN: Readonly<Record<Operator, string>> = {
  equals: '-eq',
  differs: '-ne',
  contains: '-like',
  greater: '-gt',
  greaterOrEqual: '-ge',
  less: '-lt',
  lessOrEqual: '-le',
  present: '-ne $null',
  absent: '-eq $null',
};

export function operatorsOf({ kind }: Property): readonly Operator[] {
  return OPERATORS[kind];
}

export function needsValue(operator: Operator): boolean {
  return operator !== 'present' && operator !== 'absent';
}

/** A new line of the filter bar for a property. */
export function conditionFor(property: Property): Condition {
  return {
    property: property.name,
    operator: operatorsOf(property)[0] ?? 'equals',
    value: property.words?.[0] ?? '',
  };
}

/** The text of all conditions; null while one of them is not complete. */
export function filterText(
  conditions: readonly Condition[],
  properties: readonly Property[],
): string | null {
  const texts = conditions.map((one) => conditionText(one, properties));
  return texts.every((text) => text !== null) && texts.length > 0 ? texts.join(' -and ') : null;
}

export function conditionText(
  { property, operator, value }: Condition,
  properties: readonly Property[],
): string | null {
  const known = properties.find((one) => one.name === property);
  if (!known || !operatorsOf(known).includes(operator)) return null;
  if (!needsValue(operator)) return `${property} ${WRITTEN[operator]}`;
  const written = valueText(known.kind, value.trim());
  if (written === null) return null;
  const part = operator === 'contains' ? `*${written.replaceAll(/^\*+|\*+$/g, '')}*` : written;
  return `${property} ${WRITTEN[operator]} ${quoted(part)}`;
}

/** Joins what is there of two filters. */
export function both(
  a: string | null | undefined,
  b: string | null | undefined,
): string | undefined {
  return [a, b].filter(Boolean).join(' -and ') || undefined;
}

/** A value in a filter: the quote doubled stands for itself. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** All messages of a queue. */
export function inQueue(identity: string): string {
  return `Queue -eq ${quoted(identity)}`;
}

function valueText(kind: Kind, value: string): string | null {
  if (value === '') return null;
  if (kind === 'number') return /^\d{1,15}$/.test(value) ? value : null;
  if (kind === 'kilobytes') return /^\d{1,12}$/.test(value) ? `${value}KB` : null;
  if (kind === 'time' || kind === 'optionalTime') {
    return utcText(value);
  }
  return value;
}

export const QUEUE_STATUSES = ['Active', 'Connecting', 'Ready', 'Retry', 'Suspended'] as const;
export const MESSAGE_STATUSES = [
  'Active',
  'Ready',
  'Retry',
  'Suspended',
  'PendingRemove',
  'PendingSuspend',
] as const;
export const DELIVERY_TYPES = [
  'DnsConnectorDelivery',
  'SmartHostConnectorDelivery',
  'SmtpDeliveryToMailbox',
  'SmtpRelayToConnectorSourceServers',
  'SmtpRelayToServers',
  'Undefined',
  'Unreachable',
] as const;

const TLS_REQUIREMENTS = ['Default', 'Required', 'NotRequired'] as const;

/** What queues can be filtered by. */
export const QUEUE_PROPERTIES = [
  { name: 'NextHopDomain', kind: 'text' },
  { name: 'DeliveryType', kind: 'word', words: DELIVERY_TYPES },
  { name: 'Status', kind: 'word', words: QUEUE_STATUSES },
  { name: 'MessageCount', kind: 'number' },
  { name: 'NextRetryTime', kind: 'optionalTime' },
  { name: 'LastRetryTime', kind: 'optionalTime' },
  { name: 'LastError', kind: 'optionalText' },
  { name: 'TlsRequirement', kind: 'word', words: TLS_REQUIREMENTS },
  { name: 'PoolHosts', kind: 'optionalText' },
  { name: 'PoolConnections', kind: 'number' },
  { name: 'PoolLimit', kind: 'optionalText' },
] as const satisfies readonly Property[];

/** What messages can be filtered by. */
export const MESSAGE_PROPERTIES = [
  { name: 'FromAddress', kind: 'text' },
  { name: 'Status', kind: 'word', words: MESSAGE_STATUSES },
  { name: 'Size', kind: 'kilobytes' },
  { name: 'SCL', kind: 'number' },
  { name: 'Queue', kind: 'text' },
  { name: 'Subject', kind: 'optionalText' },
  { name: 'SourceIP', kind: 'word' },
  { name: 'MessageSourceName', kind: 'text' },
  { name: 'DateReceived', kind: 'time' },
  { name: 'ExpirationTime', kind: 'time' },
  { name: 'LastError', kind: 'optionalText' },
  { name: 'InternetMessageId', kind: 'text' },
] as const satisfies readonly Property[];
