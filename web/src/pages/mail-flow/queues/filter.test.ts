import { describe, expect, it } from 'vitest';
import {
  MESSAGE_PROPERTIES,
  QUEUE_PROPERTIES,
  both,
  conditionFor,
  conditionText,
  filterText,
  inQueue,
  operatorsOf,
} from './filter';

describe('the text of a filter', () => {
  it('quotes values, and doubles the quote', () => {
    const text = conditionText(
      { property: 'Subject', operator: 'equals', value: "L'offre d'été" },
      MESSAGE_PROPERTIES,
    );
    expect(text).toBe("Subject -eq 'L''offre d''été'");
    expect(inQueue("MBX01\\o'hara.example")).toBe("Queue -eq 'MBX01\\o''hara.example'");
  });

  it('writes every operator', () => {
    const of = (property: string, operator: never, value = '') =>
      conditionText({ property, operator, value }, QUEUE_PROPERTIES);
    expect(of('NextHopDomain', 'contains' as never, 'contoso')).toBe(
      "NextHopDomain -like '*contoso*'",
    );
    expect(of('NextHopDomain', 'contains' as never, '*contoso*')).toBe(
      "NextHopDomain -like '*contoso*'",
    );
    expect(of('LastError', 'present' as never)).toBe('LastError -ne $null');
    expect(of('NextRetryTime', 'absent' as never)).toBe('NextRetryTime -eq $null');
    expect(of('MessageCount', 'greaterOrEqual' as never, ' 500 ')).toBe("MessageCount -ge '500'");
    expect(of('Status', 'differs' as never, 'Retry')).toBe("Status -ne 'Retry'");
  });

  it('writes sizes in KB and moments in UTC', () => {
    const of = (property: string, value: string) =>
      conditionText({ property, operator: 'greater', value }, MESSAGE_PROPERTIES);
    expect(of('Size', '10')).toBe("Size -gt '10KB'");
    expect(of('DateReceived', '2027-01-31T15:00:00Z')).toBe(
      "DateReceived -gt '2027-01-31 15:00:00'",
    );
    const local = new Date(2027, 0, 31, 15, 0).toISOString().slice(0, 16).replace('T', ' ');
    expect(of('DateReceived', '2027-01-31T15:00')).toBe(`DateReceived -gt '${local}:00'`);
  });

  it('is none while something is missing or wrong', () => {
    const one = (property: string, operator: string, value: string) => [
      { property, operator: operator as never, value },
    ];
    expect(filterText([], QUEUE_PROPERTIES)).toBeNull();
    expect(filterText(one('MessageCount', 'equals', 'many'), QUEUE_PROPERTIES)).toBeNull();
    expect(filterText(one('NextHopDomain', 'equals', '  '), QUEUE_PROPERTIES)).toBeNull();
    expect(filterText(one('NextHopDomain', 'greater', 'a'), QUEUE_PROPERTIES)).toBeNull();
    expect(filterText(one('Nothing', 'equals', 'a'), QUEUE_PROPERTIES)).toBeNull();
    expect(filterText(one('NextRetryTime', 'less', 'soon'), QUEUE_PROPERTIES)).toBeNull();
  });

  it('joins conditions', () => {
    const text = filterText(
      [
        { property: 'Status', operator: 'equals', value: 'Retry' },
        { property: 'MessageCount', operator: 'greater', value: '10' },
      ],
      QUEUE_PROPERTIES,
    );
    expect(text).toBe("Status -eq 'Retry' -and MessageCount -gt '10'");
    expect(both("Queue -eq 'a'", text)).toBe(`Queue -eq 'a' -and ${text}`);
    expect(both(undefined, null)).toBeUndefined();
  });

  it('begins a condition with what the property allows', () => {
    for (const property of [...QUEUE_PROPERTIES, ...MESSAGE_PROPERTIES]) {
      expect(operatorsOf(property)).toContain(conditionFor(property).operator);
    }
    expect(conditionFor(QUEUE_PROPERTIES[2])).toEqual({
      property: 'Status',
      operator: 'equals',
      value: 'Active',
    });
  });
});
