// The rules that are checked at once, without asking the server: what is required, and forms that are plainly
// no numbers or sizes. Everything else is the server's (WhatIf). Pure: rules name texts, the caller translates.
import { SIZES, type Setting, type Settings, type Wanted } from './mailbox';

export type RuleText =
  'common.required' | `sendConnectors.${'notANumber' | 'notASize'}` | 'mailboxes.notTheSame';

export type Broken = Partial<Record<Setting, RuleText>>;

export function broken(settings: Settings): Broken {
  const found: Broken = {};
  if (settings.Name.trim() === '') found.Name = 'common.required';
  if (settings.PasswordChange === 'new') Object.assign(found, brokenPassword(settings, true));
  const { Forwarding, ForwardingAddress, ForwardingSmtpAddress } = settings;
  if (Forwarding === 'recipient' && ForwardingAddress === '')
    found.ForwardingAddress = 'common.required';
  if (Forwarding === 'address' && ForwardingSmtpAddress.trim() === '')
    found.ForwardingSmtpAddress = 'common.required';
  for (const name of SIZES) {
    const size = settings[name];
    if (typeof size !== 'number' && size !== 'unlimited') found[name] = 'sendConnectors.notASize';
  }
  if (!/^\d{0,10}$/.test(settings.RecipientLimits.trim()))
    found.RecipientLimits = 'sendConnectors.notANumber';
  return found;
}

/** Of a new mailbox, which may be without a password. */
export function brokenNew(wanted: Wanted): Broken {
  return {
    ...(wanted.Name.trim() === '' && { Name: 'common.required' }),
    ...brokenPassword(wanted, false),
  };
}

type Passwords = Pick<Wanted, 'Password' | 'PasswordAgain'>;

function brokenPassword({ Password, PasswordAgain }: Passwords, required: boolean): Broken {
  if (required && Password === '') return { Password: 'common.required' };
  return Password === PasswordAgain ? {} : { PasswordAgain: 'mailboxes.notTheSame' };
}
