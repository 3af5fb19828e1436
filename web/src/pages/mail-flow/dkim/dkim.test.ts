import { describe, expect, it } from 'vitest';
import {
  BLANK,
  changes,
  creation,
  isRotating,
  rotation,
  settingsOf,
  type DkimConfig,
} from './config';
import { reasonFor } from './reasons';
import { recordsOf, standingOf } from './records';

const NOW = Date.parse('2027-01-10T12:00:00Z');

const named = (selector: string, key: string) => ({
  RecordName: `${selector}._domainkey.contoso.com`,
  Record: `v=DKIM1; k=rsa; p=${key}`,
  Ed25519RecordName: `${selector}-ed25519._domainkey.contoso.com`,
  Ed25519Record: `v=DKIM1; k=ed25519; p=${key}`,
});

function config(over: Partial<DkimConfig> = {}): DkimConfig {
  const first = Object.entries(named('relais1', 'A')).map(([k, v]) => [`Selector1${k}`, v]);
  const second = ['RecordName', 'Record', 'Ed25519RecordName', 'Ed25519Record'];
  return {
    Domain: 'contoso.com',
    Enabled: false,
    Status: 'Valid',
    StatusDetail: null,
    Algorithms: 'RsaSha256, Ed25519Sha256',
    HeaderCanonicalization: 'Relaxed',
    BodyCanonicalization: 'Relaxed',
    KeySize: 2048,
    SigningSelector: 'relais1',
    RotateOnDate: null,
    SelectorBeforeRotateOnDate: 'relais1',
    SelectorAfterRotateOnDate: 'relais1',
    OldRecordsNeededUntil: null,
    Selector1: 'relais1',
    Selector2: 'relais2',
    ...Object.fromEntries(first),
    ...Object.fromEntries(second.map((name) => [`Selector2${name}`, null])),
    Records: [
      'relais1._domainkey.contoso.com. IN TXT "v=DKIM1; k=rsa; p=A"',
      'relais1-ed25519._domainkey.contoso.com. IN TXT "v=DKIM1; k=ed25519; p=A"',
    ],
    ...over,
  } as DkimConfig;
}

const second = Object.fromEntries(
  Object.entries(named('relais2', 'B')).map(([k, v]) => [`Selector2${k}`, v]),
);
const rotating = (over: Partial<DkimConfig> = {}) =>
  config({
    ...second,
    Enabled: true,
    RotateOnDate: '2027-01-14T12:00:00.000Z',
    SelectorAfterRotateOnDate: 'relais2',
    ...over,
  });

describe('records', () => {
  it('come with name, text and line', () => {
    expect(recordsOf(config())).toEqual([
      {
        algorithm: 'RsaSha256',
        role: 'signing',
        name: 'relais1._domainkey.contoso.com',
        text: 'v=DKIM1; k=rsa; p=A',
        line: 'relais1._domainkey.contoso.com. IN TXT "v=DKIM1; k=rsa; p=A"',
        finding: { kind: 'published' },
      },
      expect.objectContaining({
        algorithm: 'Ed25519Sha256',
        line: 'relais1-ed25519._domainkey.contoso.com. IN TXT "v=DKIM1; k=ed25519; p=A"',
      }),
    ]);
  });

  it('each know what the DNS has of them', () => {
    const said = (StatusDetail: string | null, Status = 'RecordMissing') =>
      recordsOf(config({ Status, StatusDetail })).map(({ finding }) => finding);
    expect(
      said(
        'relais1._domainkey.contoso.com is not the record to publish: its p= is another key; ' +
          'relais1-ed25519._domainkey.contoso.com has no TXT record',
      ),
    ).toEqual([{ kind: 'differs', why: 'its p= is another key' }, { kind: 'missing' }]);
    expect(said('relais1-ed25519._domainkey.contoso.com has no TXT record')).toEqual([
      { kind: 'published' },
      { kind: 'missing' },
    ]);
    const why = 'refused; try again; later';
    expect(said(`relais1._domainkey.contoso.com could not be looked up: ${why}`)[0]).toEqual({
      kind: 'unchecked',
      why,
    });
    expect(said(null, 'NotChecked')).toEqual([
      { kind: 'unchecked', why: '' },
      { kind: 'unchecked', why: '' },
    ]);
  });

  it('of an algorithm that is not used are not asked for', () => {
    const [rsa, ed25519] = recordsOf(config({ Algorithms: 'RsaSha256' }));
    expect([rsa?.finding, ed25519?.finding]).toEqual([{ kind: 'published' }, null]);
  });

  it('know which keys sign, come and were', () => {
    expect(recordsOf(rotating()).map(({ role }) => role)).toEqual([
      'signing',
      'signing',
      'next',
      'next',
    ]);
    const after = rotating({
      SigningSelector: 'relais2',
      OldRecordsNeededUntil: '2027-01-21T12:00:00.000Z',
    });
    expect(isRotating(after)).toBe(false);
    expect(recordsOf(after).map(({ role, finding }) => [role, finding?.kind])).toEqual([
      ['signing', 'published'],
      ['signing', 'published'],
      ['old', undefined],
      ['old', undefined],
    ]);
  });
});

describe('standing', () => {
  const missing = { Status: 'RecordMissing' };
  const of = (selector: string) => `${selector}._domainkey.contoso.com has no TXT record`;

  it('of signing', () => {
    const signing = (over: Partial<DkimConfig>) => standingOf(config(over), NOW).signing;
    expect(signing({})).toBe('ready');
    expect(signing({ ...missing, StatusDetail: of('relais1') })).toBe('publish');
    expect(signing({ Status: 'NotChecked' })).toBe('unchecked');
    expect(signing({ Enabled: true })).toBe('good');
    expect(signing({ Enabled: true, ...missing, StatusDetail: of('relais1') })).toBe('harm');
    expect(signing({ Enabled: true, Status: 'NotChecked' })).toBe('unknown');
  });

  it('of a rotation', () => {
    const standing = standingOf(rotating({ ...missing, StatusDetail: of('relais2') }), NOW);
    expect(standing).toEqual({ signing: 'good', rotation: 'publish', oldUntil: null });
    expect(standingOf(rotating(), NOW).rotation).toBe('waits');
    expect(standingOf(rotating({ RotateOnDate: '2027-01-09T12:00:00.000Z' }), NOW).rotation).toBe(
      'due',
    );
    const until = '2027-01-16T12:00:00.000Z';
    const done = rotating({ SigningSelector: 'relais2', OldRecordsNeededUntil: until });
    expect(standingOf(done, NOW)).toEqual({ signing: 'good', rotation: null, oldUntil: until });
    expect(standingOf(done, Date.parse('2027-02-01')).oldUntil).toBeNull();
  });
});

describe('commands', () => {
  it('name only what was changed', () => {
    const base = settingsOf(config());
    expect(base).toMatchObject({ Algorithms: 'both', KeySize: '2048', RotateOnDate: '' });
    expect(changes(base, base)).toEqual({});
    expect(
      changes(base, { ...base, Algorithms: 'RsaSha256', BodyCanonicalization: 'Simple' }),
    ).toEqual({ Algorithms: ['RsaSha256'], BodyCanonicalization: 'Simple' });
    const under = settingsOf(rotating());
    expect(changes(under, { ...under, RotateOnDate: '2027-02-01T10:00', KeySize: '4096' })).toEqual(
      {
        RotateOnDate: expect.stringMatching(/^2027-0\d-\d\d \d\d:\d0:00$/),
        KeySize: 4096,
      },
    );
  });

  it('leave out what is as usual', () => {
    expect(creation({ ...BLANK, DomainName: ' contoso.com ' })).toEqual({
      DomainName: 'contoso.com',
    });
    expect(
      creation({
        DomainName: 'a.test',
        Algorithms: 'Ed25519Sha256',
        KeySize: '4096',
        Selector1: 's1',
        Selector2: '',
      }),
    ).toEqual({
      DomainName: 'a.test',
      Algorithms: ['Ed25519Sha256'],
      KeySize: 4096,
      Selector1: 's1',
    });
    expect(rotation(config(), { date: '', size: '2048' })).toEqual({ Identity: 'contoso.com' });
    expect(rotation(config(), { date: 'soon', size: '4096' })).toEqual({
      Identity: 'contoso.com',
      KeySize: 4096,
      RotateOnDate: 'soon',
    });
  });
});

it('reasons are known by the server’s texts', () => {
  expect(reasonFor('its p= is another key')).toEqual({ id: 'otherKey', value: '' });
  expect(reasonFor('its k= is not ed25519')).toEqual({ id: 'otherType', value: 'ed25519' });
  expect(reasonFor('no answer within 5 seconds')).toEqual({ id: 'noAnswer', value: '5' });
  expect(reasonFor('')).toEqual({ id: 'notAsked', value: '' });
  expect(reasonFor('something else')).toBeNull();
});
