import { describe, expect, it } from 'vitest';
import en from '../../../texts/en';
import fr from '../../../texts/fr';
import { adviceFor, enhancedCode, presentError } from './advice';

const WRAPPED =
  '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection to mx.dead.example ' +
  '127.0.0.2:25 failed: Connection refused (os error 111)." Attempted failover to alternate host, ' +
  'but that did not succeed. Either there are no alternate hosts, or delivery failed to all ' +
  'alternate hosts.';

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

it('does not trust the error of a queue that the message has left', () => {
  const LastError = 'A matching connector cannot be found to route the external recipient';
  expect(presentError({ Queue: 'S\\Unreachable', LastError })).toBe(LastError);
  expect(presentError({ Queue: 'S\\3', LastError })).toBeNull();
  expect(presentError({ Queue: 'S\\3', LastError }, { LastError: '421 no' })).toBe('421 no');
  expect(presentError({ Queue: 'S\\3', LastError: '450 later' })).toBe('450 later');
});
