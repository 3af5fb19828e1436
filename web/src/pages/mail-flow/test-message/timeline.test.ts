import { describe, expect, it } from 'vitest';
import { fatesOf, isSettled, pollEvery, stepsOf, type TrackingRow } from './timeline';

function row(second: number, event: string, more: Partial<TrackingRow> = {}): TrackingRow {
  return {
    Timestamp: `2026-11-28T23:00:${String(second).padStart(2, '0')}.000Z`,
    ClientIp: null,
    ClientHostname: null,
    ServerIp: null,
    ServerHostname: null,
    ConnectorId: null,
    Source: 'SMTP',
    EventId: event,
    InternalMessageId: 1,
    MessageId: '<1@contoso.com>',
    Recipients: ['anna@example.net'],
    RecipientStatus: [],
    TotalBytes: 300,
    Reference: [],
    MessageSubject: 'Test',
    Sender: 'jean@contoso.com',
    MessageInfo: null,
    ...more,
  };
}

const NO_CONNECTOR = 'A matching connector cannot be found to route the external recipient';
const received = row(1, 'RECEIVE', { ClientIp: '127.0.0.1', ClientHostname: 'client' });
const deferred = row(1, 'DEFER', { Source: 'ROUTING', RecipientStatus: [NO_CONNECTOR] });
const sent = row(9, 'SEND', {
  ConnectorId: 'To the Internet',
  ServerIp: '192.0.2.1',
  ServerHostname: 'mx1.example.net',
  RecipientStatus: ['250 2.0.0 OK'],
  MessageInfo: '2026-11-28T23:00:01.000Z',
});

describe('the steps of a message', () => {
  it('stand in the order of time, each once', () => {
    const steps = stepsOf([sent, received, deferred, received]);
    expect(steps.map((step) => step.written)).toEqual([
      'RECEIVE (SMTP)',
      'DEFER (ROUTING)',
      'SEND (SMTP)',
    ]);
    expect(steps[0]).toMatchObject({ event: 'receive', host: 'client', address: '127.0.0.1' });
    expect(steps[2]).toMatchObject({
      tone: 'good',
      host: 'mx1.example.net',
      said: ['250 2.0.0 OK'],
    });
  });

  it('count the same deferral', () => {
    const again = [deferred, { ...deferred, Timestamp: '2026-11-28T23:05:00.000Z' }];
    expect(stepsOf([received, ...again])).toHaveLength(2);
    expect(stepsOf(again)[0]).toMatchObject({ times: 2, lastAt: '2026-11-28T23:05:00.000Z' });
    const other = row(3, 'DEFER', { RecipientStatus: ['451 4.7.1 later'] });
    expect(
      stepsOf([deferred, other, { ...deferred, Timestamp: '2026-11-28T23:05:00.000Z' }]),
    ).toHaveLength(3);
  });

  it('name what an administrator removed, and what is new', () => {
    expect(stepsOf([row(2, 'FAIL', { Source: 'ADMIN' })])[0]?.event).toBe('remove');
    expect(stepsOf([row(2, 'AGENTINFO')])[0]?.event).toBe('other');
  });
});

describe('where recipients stand', () => {
  it('is the last word of the log', () => {
    expect(fatesOf([received])[0]?.standing).toBe('accepted');
    expect(fatesOf([received, deferred])[0]).toMatchObject({
      standing: 'waiting',
      said: NO_CONNECTOR,
    });
    const fates = fatesOf([received, deferred, row(5, 'RESUBMIT', { Source: 'QUEUE' }), sent]);
    expect(fates).toHaveLength(1);
    expect(fates[0]).toMatchObject({
      standing: 'delivered',
      connector: 'To the Internet',
      host: 'mx1.example.net',
      address: '192.0.2.1',
      said: '250 2.0.0 OK',
      since: '2026-11-28T23:00:01.000Z',
      here: false,
    });
    expect(isSettled(fates)).toBe(true);
  });

  it('does not change any more once it is final', () => {
    const fates = fatesOf([received, sent, row(12, 'DEFER', { RecipientStatus: ['451 late'] })]);
    expect(fates[0]?.standing).toBe('delivered');
  });

  it('differs from recipient to recipient', () => {
    const two = { Recipients: ['a@example.net', 'B@example.net'] };
    const fates = fatesOf([
      row(1, 'RECEIVE', two),
      row(2, 'FAIL', { Recipients: ['b@example.net'], RecipientStatus: ['550 5.1.1 no'] }),
      row(3, 'DEFER', { Recipients: ['a@example.net'], RecipientStatus: ['450 4.2.1 later'] }),
    ]);
    expect(fates.map(({ standing, said }) => [standing, said])).toEqual([
      ['waiting', '450 4.2.1 later'],
      ['failed', '550 5.1.1 no'],
    ]);
    expect(isSettled(fates)).toBe(false);
    expect(isSettled([])).toBe(false);
  });
});

it('asks less and less often', () => {
  expect([0, 59_999, 60_000, 3_600_000].map(pollEvery)).toEqual([2, 2, 5, 15]);
});
