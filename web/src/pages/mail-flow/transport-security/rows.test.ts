import { expect, test } from 'vitest';
import {
  certificateOf,
  demanderOf,
  detailOf,
  hostsOf,
  keyOf,
  question,
  reasonOf,
  wayOf,
  wishOf,
  type Row,
} from './rows';

const row = (part: Partial<Row>): Row => ({
  Recipient: 'anna@partner.example',
  SendConnector: null,
  NextHop: null,
  DnssecValidation: 'Off',
  DnssecValidationDetail: null,
  Host: null,
  Address: null,
  Requirement: null,
  RequiredBy: null,
  Names: [],
  TlsaRecords: [],
  Detail: null,
  LastSeen: null,
  LastTls: null,
  LastCertificate: null,
  LastFailure: null,
  ...part,
});
const carried = (part: Partial<Row>) =>
  row({ SendConnector: 'Out', NextHop: 'partner.example', ...part });
const host = carried({ Host: 'mx1.partner.example', Address: '192.0.2.1' });
const EXCEPTION =
  'What the DNS demands is not demanded until 2026-12-15T00:00:00Z: TlsExceptionUntil of the remote domain.';

test('without a recipient there is no way', () => {
  expect(wayOf([row({ Recipient: null })])).toBeNull();
  expect(wayOf([])).toBeNull();
});

test('which way mail goes', () => {
  const here = row({ Detail: 'The message stays in the organization.' });
  const nowhere = row({ Detail: 'No Send connector of this server takes the message.' });
  expect(wayOf([here])).toEqual({ kind: 'here' });
  expect(wayOf([nowhere])).toEqual({ kind: 'nowhere' });
  expect(wayOf([row({ Detail: 'Something new.' })])).toEqual({
    kind: 'other',
    said: 'Something new.',
  });
  expect(
    wayOf([row({ SendConnector: 'Out', Detail: 'This server is no source server.' })]),
  ).toEqual({ kind: 'elsewhere', connector: 'Out' });
  const way = { kind: 'connector', connector: 'Out', nextHop: 'partner.example' };
  expect(wayOf([host])).toEqual({ ...way, exception: null, failure: null });
  expect(wayOf([carried({ Detail: '554 5.4.4 no such domain' })])).toEqual({
    ...way,
    exception: null,
    failure: '554 5.4.4 no such domain',
  });
});

test('an exception is one of all hosts, and no detail of one of them', () => {
  const unknown = { ...host, Host: 'mx2.partner.example', Detail: '451 4.7.324 dnssec-invalid' };
  const excepted = { ...host, Detail: EXCEPTION };
  expect(wayOf([unknown, excepted])).toMatchObject({ exception: '2026-12-15T00:00:00Z' });
  expect(detailOf(excepted)).toBeNull();
  expect(detailOf(unknown)).toBe('451 4.7.324 dnssec-invalid');
});

test('hosts are told apart by name and address', () => {
  const second = { ...host, Address: '192.0.2.2' };
  expect(hostsOf([host, second, row({})]).map(keyOf)).toEqual([
    'mx1.partner.example 192.0.2.1',
    'mx1.partner.example 192.0.2.2',
  ]);
});

test('whose demand it is', () => {
  expect(demanderOf('TLSA records of mx.partner.example')).toEqual({
    by: 'tlsa',
    name: 'mx.partner.example',
  });
  expect(demanderOf('MTA-STS policy of partner.example (mode enforce)')).toEqual({
    by: 'mtaSts',
    name: 'partner.example',
    mode: 'enforce',
  });
  expect(demanderOf('REQUIRETLS of the message')).toEqual({ by: 'message' });
  expect(demanderOf('RequireTLS False')).toEqual({ by: 'setting', name: 'RequireTLS False' });
});

test('what a certificate says of itself', () => {
  const dates = 'valid Jan  1 00:00:00 1975 +00:00 to Jan  1 00:00:00 4096 +00:00';
  expect(
    certificateOf(
      `subject CN=mx; issuer O=A; B, CN=C; ${dates}; names mx.test, b.test; SHA-256 5C:BE`,
    ),
  ).toEqual({
    subject: 'CN=mx',
    issuer: 'O=A; B, CN=C',
    from: 'Jan  1 00:00:00 1975 +00:00',
    until: 'Jan  1 00:00:00 4096 +00:00',
    names: 'mx.test, b.test',
    fingerprint: '5C:BE',
  });
  expect(certificateOf(`subject ; issuer CN=C; ${dates}; SHA-256 5C:BE`)).toMatchObject({
    subject: '',
    names: '',
    fingerprint: '5C:BE',
  });
  expect(certificateOf('cannot be read; SHA-256 5C:BE')).toBeNull();
});

test('why signatures are not believed', () => {
  expect(reasonOf('the signed name iana.org is not said to be authentic')).toEqual({
    id: 'notSigned',
    name: 'iana.org',
  });
  expect(reasonOf('not tried again yet')).toEqual({ id: 'notTried', name: '' });
  expect(reasonOf('iana.org: no answer')).toBeNull();
});

test('the address says what is asked, and Default is not said', () => {
  expect(wishOf('required')).toBe('Required');
  expect(wishOf('anything')).toBe('Default');
  expect(question('', 'Required')).toEqual({});
  expect(question('a@b.example', 'Default')).toEqual({ Recipient: 'a@b.example' });
  expect(question('a@b.example', 'NotRequired')).toEqual({
    Recipient: 'a@b.example',
    TlsRequirement: 'NotRequired',
  });
});
