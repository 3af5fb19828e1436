import { describe, expect, it } from 'vitest';
import en from '../../../texts/en';
import fr from '../../../texts/fr';
import { adviceFor, enhancedCode, limitOf, presentError } from './advice';

const WRAPPED =
  '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection to mx.dead.example ' +
  '127.0.0.2:25 failed: Connection refused (os error 111)." Attempted failover to alternate host, ' +
  'but that did not succeed. Either there are no alternate hosts, or delivery failed to all ' +
  'alternate hosts.';

describe('advice about certificates', () => {
  it('tells what the DNS demands from what a connector demands', () => {
    const known: [string, string][] = [
      [
        '451 4.7.321 starttls-not-supported: the TLSA records of mx demand encryption; mx does not offer STARTTLS',
        'daneNoTls',
      ],
      [
        '451 4.7.323 tlsa-invalid: mx and the TLSA records of mx: no TLSA record lets the certificate through',
        'tlsaInvalid',
      ],
      [
        '451 4.7.324 dnssec-invalid: what the certificate of the host must be is not known',
        'dnssecInvalid',
      ],
      [
        '454 4.7.5 The TLS handshake with mx failed: the certificate is for a.test, and b.test is demanded',
        'certificate',
      ],
      [
        '451 4.7.321 starttls-not-supported: the MTA-STS policy of a.test demands encryption; mx does not offer STARTTLS',
        'mtaSts',
      ],
      ['451 4.7.4 RequireTLS True: mx does not offer STARTTLS', 'noStartTls'],
      [
        '550 5.7.30 REQUIRETLS: mx.a.test [192.0.2.1] does not offer REQUIRETLS, with which the message was sent',
        'requireTlsNotOffered',
      ],
      ['550 5.7.30 TLS support required', 'requireTlsNotOffered'],
      [
        '550 5.7.10 REQUIRETLS: a.test names its mail host mx neither in signed DNS (DNSSEC) nor in an MTA-STS policy of mode enforce',
        'requireTlsNotKnown',
      ],
      [
        '451 4.7.10 REQUIRETLS: whether mx is a mail host of a.test is not known for sure: the resolver of this server validates no signatures (x)',
        'requireTlsHere',
      ],
      [
        '451 4.7.10 REQUIRETLS: the connector uses no TLS (IgnoreSTARTTLS or ForceHELO True)',
        'requireTlsHere',
      ],
      ['451 4.7.10 REQUIRETLS: mx does not offer STARTTLS', 'requireTlsFailed'],
      [
        '451 4.7.10 REQUIRETLS: whether mx is a mail host of a.test is not known for sure: the MTA-STS policy was not fetched: x',
        'requireTlsFailed',
      ],
      [
        '454 4.7.10 REQUIRETLS: the TLS handshake with mx failed: the certificate is not of an authority that is trusted here',
        'requireTlsFailed',
      ],
      ['454 4.7.5 The TLS handshake with mx failed: it took too long', 'tlsFailed'],
    ];
    for (const [error, id] of known) expect(adviceFor(error)?.id).toBe(id);
  });
});

describe('advice', () => {
  it('knows the texts of the server', () => {
    expect(
      adviceFor('A matching connector cannot be found to route the external recipient'),
    ).toEqual({ id: 'noConnector', leadsTo: 'newConnector' });
    expect(adviceFor('550 4.4.7 QUEUE.Expired; message expired')?.id).toBe('expired');
    expect(adviceFor('550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain')?.id).toBe(
      'noDomain',
    );
    expect(adviceFor('451 4.4.0 DNS query failed. The error was: SERVFAIL')?.id).toBe('dnsFailed');
    expect(adviceFor('451 4.7.4 RequireTLS True: mx does not offer STARTTLS')?.id).toBe(
      'noStartTls',
    );
  });

  it('looks at what was said, not at what wraps it', () => {
    expect(adviceFor(WRAPPED)?.id).toBe('connectionRefused');
    const busy = WRAPPED.replace(/421 4\.4\.1[^"]*/, '421 4.3.2 Service not available.');
    expect(adviceFor(busy)?.id).toBe('busy');
    const many = WRAPPED.replace(/421 4\.4\.1[^"]*/, '421 4.7.0 Too many connections, slow down.');
    expect(adviceFor(many)?.id).toBe('fewer');
  });

  it('falls back to the code, then to its class', () => {
    expect(adviceFor('550 5.1.1 No such user here')?.id).toBe('noSuchUser');
    expect(adviceFor('452 4.2.2 Mailbox full')?.id).toBe('mailboxFull');
    expect(adviceFor('451 4.7.1 Greylisted, please try again later')?.id).toBe('greylist');
    expect(adviceFor('451 4.7.1 Try again')?.id).toBe('policyLater');
    expect(adviceFor('554 5.7.1 Message refused')?.id).toBe('policy');
    expect(adviceFor('550-5.7.26 Unauthenticated mail')?.id).toBe('senderAuthentication');
    expect(adviceFor('450 later')?.id).toBe('later');
    expect(adviceFor('5.9.9 no')?.id).toBe('never');
    expect(adviceFor('something else')?.id).toBe('unknown');
    expect(adviceFor(null)).toBeNull();
    expect(adviceFor('')).toBeNull();
  });

  it('takes no address for a code', () => {
    expect(enhancedCode('host 5.1.1.1 said 450 4.2.1 busy')).toBe('4.2.1');
    expect(enhancedCode('10.5.1.1')).toBeNull();
  });

  it('has words in both languages for everything', () => {
    expect(Object.keys(fr.advice.known).toSorted()).toEqual(
      Object.keys(en.advice.known).toSorted(),
    );
    for (const texts of [en, fr]) {
      for (const { means, todo } of Object.values(texts.advice.known)) {
        expect(means.length).toBeGreaterThan(20);
        expect(todo.length).toBeGreaterThan(10);
      }
    }
  });
});

it('reads the limit of a pool, whatever the hosts said', () => {
  const until = '2027-01-10T14:05:00.000Z';
  expect(limitOf({ PoolLimit: '3: 421 4.7.0 no: 5 are too many', PoolLimitUntil: until })).toEqual({
    most: 3,
    until,
    cause: '421 4.7.0 no: 5 are too many',
  });
  expect(limitOf({ PoolLimit: null, PoolLimitUntil: null })).toBeNull();
  expect(limitOf(undefined)).toBeNull();
});

it('does not trust the error of a queue that the message has left', () => {
  const LastError = 'A matching connector cannot be found to route the external recipient';
  expect(presentError({ Queue: 'S\\Unreachable', LastError })).toBe(LastError);
  expect(presentError({ Queue: 'S\\3', LastError })).toBeNull();
  expect(presentError({ Queue: 'S\\3', LastError }, { LastError: '421 no' })).toBe('421 no');
  expect(presentError({ Queue: 'S\\3', LastError: '450 later' })).toBe('450 later');
});
