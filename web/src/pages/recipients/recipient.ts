// What recipients of all kinds have in common. Pure.
import type { Described } from '../../api/outputs';

/** A recipient of any kind, as Get-Recipient gives it. */
export type Recipient = Described['Recipient'];

export const RECIPIENT_TYPES = [
  'UserMailbox',
  'MailUniversalDistributionGroup',
  'MailContact',
] as const;
export type RecipientType = (typeof RECIPIENT_TYPES)[number];

/** How many a list asks for at most: as many as a browser holds without effort. */
export const MOST_LISTED = 20_000;

/** How a command names a recipient: by its address, which nobody else has, whatever others are called. */
export function identityOf({ PrimarySmtpAddress }: Recipient): string {
  return PrimarySmtpAddress;
}

/** A display name where it is another one than the name, which is shown where there is none. */
export function ownDisplayName(object: { Name: string; DisplayName: string }): string {
  return object.DisplayName === object.Name ? '' : object.DisplayName;
}

/** `all` and those of `more` that are not among them. */
export function joined(all: readonly Recipient[], more: readonly Recipient[]): Recipient[] {
  return [...all, ...without(more, all)];
}

/** `all` but for `gone`. */
export function without(all: readonly Recipient[], gone: readonly Recipient[]): Recipient[] {
  const guids = new Set(gone.map(({ Guid }) => Guid));
  return all.filter(({ Guid }) => !guids.has(Guid));
}

/** Where it comes from, by the name of its text. */
export function originOf({ IsDirSynced }: { IsDirSynced: boolean }) {
  return IsDirSynced ? 'recipients.fromLdap' : 'recipients.fromHere';
}
