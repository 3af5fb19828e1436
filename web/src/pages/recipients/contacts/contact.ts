// A mail contact as the server gives it, its settings as forms hold them, and the way back: the parameters of
// New- and Set-MailContact. Settings are named like the parameters they become. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { Described } from '../../../api/outputs';
import { same } from '../../../parts/diff';
import { ownDisplayName } from '../recipient';

export type Contact = Described['MailContact'];

export interface Settings {
  Name: string;
  DisplayName: string;
  ExternalEmailAddress: string;
  /** Addresses of ours that mean the contact. */
  EmailAddresses: string[];
}

export const BLANK: Settings = {
  Name: '',
  DisplayName: '',
  ExternalEmailAddress: '',
  EmailAddresses: [],
};

export function settingsOf(contact: Contact): Settings {
  return {
    Name: contact.Name,
    DisplayName: ownDisplayName(contact),
    ExternalEmailAddress: contact.ExternalEmailAddress,
    EmailAddresses: contact.EmailAddresses,
  };
}

/** The parameters of Set-MailContact for what was changed; empty when nothing was. */
export function changes(base: Settings, mine: Settings): Partial<Parameters<'Set-MailContact'>> {
  const given: Record<string, unknown> = {};
  const differ = (name: keyof Settings) => !same(base[name], mine[name]);
  for (const name of ['Name', 'ExternalEmailAddress'] as const) {
    if (differ(name)) given[name] = mine[name].trim();
  }
  if (differ('DisplayName'))
    given['DisplayName'] = mine.DisplayName.trim() === '' ? null : mine.DisplayName;
  if (differ('EmailAddresses')) given['EmailAddresses'] = mine.EmailAddresses;
  return given;
}

/** The parameters of New-MailContact; what is left to the server is left out. */
export function creation(wanted: Settings): Parameters<'New-MailContact'> {
  const displayName = wanted.DisplayName.trim();
  return {
    Name: wanted.Name.trim(),
    ExternalEmailAddress: wanted.ExternalEmailAddress.trim(),
    ...(displayName === '' ? {} : { DisplayName: displayName }),
    ...(wanted.EmailAddresses.length > 0 ? { EmailAddresses: wanted.EmailAddresses } : {}),
  };
}

export type RuleText = 'common.required';

/** What is missing, without asking the server. */
export function broken(settings: Settings): Partial<Record<keyof Settings, RuleText>> {
  const missing = (['Name', 'ExternalEmailAddress'] as const).filter(
    (name) => settings[name].trim() === '',
  );
  return Object.fromEntries(missing.map((name) => [name, 'common.required' as const]));
}
