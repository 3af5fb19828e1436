import { expect, test } from 'vitest';
import { counted, domainsOf, keyOf, type Row } from './rows';

const row = (part: Partial<Row>): Row => ({
  Domain: 'contoso.com',
  Check: 'MX',
  Status: 'Good',
  RecordName: 'contoso.com',
  RecordType: 'MX',
  Recommended: null,
  Published: null,
  Detail: null,
  ...part,
});

test('what is to be done is counted first', () => {
  const rows = [row({}), row({ Status: 'Bad' }), row({ Check: 'SPF' })];
  expect(counted(rows)).toEqual([
    { status: 'Bad', count: 1 },
    { status: 'Good', count: 2 },
  ]);
});

test('the record and the policy of MTA-STS are two things', () => {
  const record = row({ Check: 'MtaSts', RecordName: '_mta-sts.contoso.com', RecordType: 'TXT' });
  const policy = row({ Check: 'MtaSts', RecordName: 'https://mta-sts', RecordType: 'HTTPS' });
  expect(keyOf(record)).not.toBe(keyOf(policy));
  expect(keyOf({ ...record, Status: 'Bad' })).toBe(keyOf(record));
});

test('the organization’s own domain is looked at first', () => {
  expect(
    domainsOf([
      { DomainName: 'b.example', Default: false },
      { DomainName: '*', Default: false },
      { DomainName: 'contoso.com', Default: true },
      { DomainName: '*.a.example', Default: false },
    ]),
  ).toEqual(['contoso.com', '*.a.example', 'b.example']);
});
