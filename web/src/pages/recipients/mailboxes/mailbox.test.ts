import { describe, expect, it } from 'vitest';
import { BLANK, changes, creation, settingsOf, type Mailbox, type Settings } from './mailbox';
import { broken, brokenNew } from './rules';

const MAILBOX = {
  Name: 'Anna',
  PrimarySmtpAddress: 'anna@contoso.com',
  EmailAddresses: ['anna@contoso.com', 'a@contoso.com'],
  Languages: ['fr-FR'],
  ForwardingAddress: null,
  ForwardingSmtpAddress: null,
  DeliverToMailboxAndForward: false,
  MaxSendSize: 'Unlimited',
  MaxReceiveSize: '5 MB (5,242,880 bytes)',
  ProhibitSendReceiveQuota: 'Unlimited',
  RecipientLimits: 'Unlimited',
} as Mailbox;

const of = (part: Partial<Mailbox> = {}) => settingsOf({ ...MAILBOX, ...part });
const changed = (part: Partial<Settings>, base = of()) => changes(base, { ...base, ...part });

it('sends nothing that was not changed', () => {
  expect(changed({})).toEqual({});
  expect(changed({ Languages: 'fr-FR ' })).toEqual({});
});

it('sends what was changed', () => {
  expect(changed({ Name: ' Anna B ', EmailAddresses: [] })).toEqual({
    Name: 'Anna B',
    EmailAddresses: [],
  });
  expect(changed({ Languages: 'fr-FR;en, de' })).toEqual({ Languages: ['fr-FR', 'en', 'de'] });
  expect(changed({ MaxSendSize: 1024 ** 2, MaxReceiveSize: 'unlimited' })).toEqual({
    MaxSendSize: '1MB',
    MaxReceiveSize: 'Unlimited',
  });
  expect(changed({ ProhibitSendReceiveQuota: 2 * 1024 ** 3 })).toEqual({
    ProhibitSendReceiveQuota: '2GB',
  });
  expect(changed({ RecipientLimits: '50' })).toEqual({ RecipientLimits: 50 });
  expect(changed({ RecipientLimits: '' }, of({ RecipientLimits: 50 }))).toEqual({
    RecipientLimits: 'Unlimited',
  });
});

it('sends a password only where another one is wanted', () => {
  expect(changed({ Password: 'left over' })).toEqual({});
  expect(changed({ PasswordChange: 'new', Password: 's' })).toEqual({ Password: 's' });
  expect(changed({ PasswordChange: 'none', Password: 'left over' })).toEqual({ Password: null });
});

describe('forwarding', () => {
  it('goes to a recipient or an address', () => {
    expect(changed({ Forwarding: 'recipient', ForwardingAddress: 'jean@contoso.com' })).toEqual({
      ForwardingAddress: 'jean@contoso.com',
    });
    const elsewhere = { Forwarding: 'address', ForwardingSmtpAddress: ' a@example.net ' } as const;
    expect(changed({ ...elsewhere, DeliverToMailboxAndForward: true })).toEqual({
      ForwardingSmtpAddress: 'a@example.net',
      DeliverToMailboxAndForward: true,
    });
  });

  it('ends both ways, and leaves alone what has no effect', () => {
    const both = of({ ForwardingAddress: 'Jean', ForwardingSmtpAddress: 'a@example.net' });
    expect(both.Forwarding).toBe('recipient');
    expect(changed({}, both)).toEqual({});
    expect(changed({ Forwarding: 'none' }, both)).toEqual({
      ForwardingAddress: null,
      ForwardingSmtpAddress: null,
    });
    expect(changed({ Forwarding: 'address' }, both)).toEqual({ ForwardingAddress: null });
    const typed = { Forwarding: 'recipient', ForwardingAddress: 'Eva' } as const;
    expect(changed({ ...typed, ForwardingSmtpAddress: 'left over' })).toEqual({
      ForwardingAddress: 'Eva',
    });
  });
});

it('tells at once what is missing or plainly wrong', () => {
  const wrong = (part: Partial<Settings>) => Object.keys(broken({ ...of(), ...part }));
  expect(wrong({})).toEqual([]);
  expect(wrong({ Name: ' ' })).toEqual(['Name']);
  expect(wrong({ PasswordChange: 'new' })).toEqual(['Password']);
  expect(wrong({ PasswordChange: 'new', Password: 'a' })).toEqual(['PasswordAgain']);
  expect(wrong({ Forwarding: 'recipient' })).toEqual(['ForwardingAddress']);
  expect(wrong({ Forwarding: 'address' })).toEqual(['ForwardingSmtpAddress']);
  expect(wrong({ MaxSendSize: 'much', RecipientLimits: 'x' })).toEqual([
    'MaxSendSize',
    'RecipientLimits',
  ]);
});

it('leaves to the server what is not given for a new one', () => {
  expect(creation({ ...BLANK, Name: 'Eva ' })).toEqual({ Name: 'Eva' });
  const all = { Name: 'E', PrimarySmtpAddress: 'e@contoso.com', Password: 'p', PasswordAgain: 'p' };
  expect(creation(all)).toEqual({ Name: 'E', PrimarySmtpAddress: 'e@contoso.com', Password: 'p' });
  expect(brokenNew(BLANK)).toEqual({ Name: 'common.required' });
  expect(brokenNew({ ...all, PasswordAgain: '' })).toEqual({
    PasswordAgain: 'mailboxes.notTheSame',
  });
});
