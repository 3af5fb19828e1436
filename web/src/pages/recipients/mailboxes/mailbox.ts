// A mailbox as the server gives it, its settings as forms hold them, and the way back: the parameters of
// New- and Set-Mailbox. Settings are named like the parameters they become. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { Described } from '../../../api/outputs';
import { same } from '../../../parts/diff';
import { bytesOf, sizeText, type Size } from '../../../parts/size';
import { addressesOf } from '../addresses';

export type Mailbox = Described['Mailbox'];

/** Whom mail is forwarded to: nobody, a recipient of the organization, any address. */
export const FORWARDINGS = ['none', 'recipient', 'address'] as const;
export type Forwarding = (typeof FORWARDINGS)[number];

/** What becomes of the password: it stays, a new one takes its place, there is none any more. */
export type PasswordChange = 'keep' | 'new' | 'none';

export interface Settings {
  Name: string;
  PrimarySmtpAddress: string;
  EmailAddresses: string[];
  /** With commas between them. */
  Languages: string;
  PasswordChange: PasswordChange;
  Password: string;
  PasswordAgain: string;
  Forwarding: Forwarding;
  ForwardingAddress: string;
  ForwardingSmtpAddress: string;
  DeliverToMailboxAndForward: boolean;
  MaxSendSize: Size;
  MaxReceiveSize: Size;
  ProhibitSendReceiveQuota: Size;
  /** As typed; empty is unlimited. */
  RecipientLimits: string;
}

export type Setting = keyof Settings;

/** The settings that are never shown. */
export const SECRET: readonly Setting[] = ['Password', 'PasswordAgain'];

export function forwardingOf(mailbox: Mailbox): Forwarding {
  if (mailbox.ForwardingAddress !== null) return 'recipient';
  return mailbox.ForwardingSmtpAddress === null ? 'none' : 'address';
}

export function settingsOf(mailbox: Mailbox): Settings {
  return {
    Name: mailbox.Name,
    ...addressesOf(mailbox),
    Languages: mailbox.Languages.join(', '),
    PasswordChange: 'keep',
    Password: '',
    PasswordAgain: '',
    Forwarding: forwardingOf(mailbox),
    ForwardingAddress: mailbox.ForwardingAddress ?? '',
    ForwardingSmtpAddress: mailbox.ForwardingSmtpAddress ?? '',
    DeliverToMailboxAndForward: mailbox.DeliverToMailboxAndForward,
    MaxSendSize: bytesOf(mailbox.MaxSendSize) ?? mailbox.MaxSendSize,
    MaxReceiveSize: bytesOf(mailbox.MaxReceiveSize) ?? mailbox.MaxReceiveSize,
    ProhibitSendReceiveQuota:
      bytesOf(mailbox.ProhibitSendReceiveQuota) ?? mailbox.ProhibitSendReceiveQuota,
    RecipientLimits:
      typeof mailbox.RecipientLimits === 'number' ? String(mailbox.RecipientLimits) : '',
  };
}

/** What the choice of forwarding makes moot is as `base` has it, or goes where it would take effect. */
export function settled(base: Settings, wanted: Settings): Settings {
  const mine = { ...wanted };
  if (mine.Forwarding !== 'recipient') mine.ForwardingAddress = '';
  if (mine.Forwarding === 'none') mine.ForwardingSmtpAddress = '';
  // Beside a recipient the address has no effect.
  if (mine.Forwarding === 'recipient') mine.ForwardingSmtpAddress = base.ForwardingSmtpAddress;
  return mine;
}

export const SIZES = ['MaxSendSize', 'MaxReceiveSize', 'ProhibitSendReceiveQuota'] as const;
const FORWARDED = ['ForwardingAddress', 'ForwardingSmtpAddress'] as const;

/** The parameters of Set-Mailbox for what was changed; empty when nothing was. */
export function changes(base: Settings, wanted: Settings): Partial<Parameters<'Set-Mailbox'>> {
  const mine = settled(base, wanted);
  const given: Record<string, unknown> = {};
  const differ = (name: Setting) => !same(base[name], mine[name]);
  for (const name of ['Name', 'PrimarySmtpAddress'] as const) {
    if (differ(name)) given[name] = mine[name].trim();
  }
  if (differ('EmailAddresses')) given['EmailAddresses'] = mine.EmailAddresses;
  if (!same(languagesOf(base.Languages), languagesOf(mine.Languages)))
    given['Languages'] = languagesOf(mine.Languages);
  if (mine.PasswordChange === 'new') given['Password'] = mine.Password;
  if (mine.PasswordChange === 'none') given['Password'] = null;
  for (const name of FORWARDED) {
    if (differ(name)) given[name] = mine[name].trim() === '' ? null : mine[name].trim();
  }
  if (differ('DeliverToMailboxAndForward'))
    given['DeliverToMailboxAndForward'] = mine.DeliverToMailboxAndForward;
  for (const name of SIZES) if (differ(name)) given[name] = sizeText(mine[name]);
  if (differ('RecipientLimits')) given['RecipientLimits'] = limitOf(mine.RecipientLimits);
  return given;
}

function languagesOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((language) => language.trim())
    .filter(Boolean);
}

function limitOf(text: string): number | 'Unlimited' {
  return text.trim() === '' ? 'Unlimited' : Number(text);
}

/** What is asked for a new one. */
export interface Wanted {
  Name: string;
  PrimarySmtpAddress: string;
  Password: string;
  PasswordAgain: string;
}

export const BLANK: Wanted = { Name: '', PrimarySmtpAddress: '', Password: '', PasswordAgain: '' };

/** The parameters of New-Mailbox; what is left to the server is left out. */
export function creation(wanted: Wanted): Parameters<'New-Mailbox'> {
  const address = wanted.PrimarySmtpAddress.trim();
  return {
    Name: wanted.Name.trim(),
    ...(address === '' ? {} : { PrimarySmtpAddress: address }),
    ...(wanted.Password === '' ? {} : { Password: wanted.Password }),
  };
}
