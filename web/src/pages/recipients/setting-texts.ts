// Names and values of settings of recipients for people: for the table of differences.
import { useTranslation } from 'react-i18next';
import { sizeText, type Size } from '../../parts/size';
import { useFormat } from '../../texts/format';
import type { Settings as ContactSettings } from './contacts/contact';
import type { Settings as GroupSettings } from './groups/group';
import type { Forwarding, PasswordChange, Settings as MailboxSettings } from './mailboxes/mailbox';
import type { Recipient } from './recipient';

type Setting = keyof MailboxSettings | keyof GroupSettings | keyof ContactSettings;

const LABELS = {
  Name: 'common.name',
  DisplayName: 'recipients.displayName',
  PrimarySmtpAddress: 'recipients.replyAddress',
  EmailAddresses: 'recipients.columns.others',
  Languages: 'mailboxes.languages',
  PasswordChange: 'mailboxes.password',
  Password: 'mailboxes.newPassword',
  PasswordAgain: 'mailboxes.passwordAgain',
  Forwarding: 'mailboxes.forwarding',
  ForwardingAddress: 'mailboxes.forwardTo',
  ForwardingSmtpAddress: 'mailboxes.forwardings.address',
  DeliverToMailboxAndForward: 'mailboxes.deliverToBoth',
  MaxSendSize: 'mailboxes.maxSend',
  MaxReceiveSize: 'mailboxes.maxReceive',
  ProhibitSendReceiveQuota: 'mailboxes.quota',
  RecipientLimits: 'mailboxes.recipientLimits',
  ExternalEmailAddress: 'contacts.external',
  Notes: 'groups.notes',
  RequireSenderAuthenticationEnabled: 'groups.whoMaySend',
  AcceptMessagesOnlyFromSendersOrMembers: 'groups.senders',
  Added: 'groups.added',
  Removed: 'groups.removedMembers',
} as const satisfies Record<Setting, string>;

export interface SettingTexts {
  labelOf: (setting: string) => string;
  show: (setting: string, value: unknown) => string;
}

export function useSettingTexts(): SettingTexts {
  const { t } = useTranslation();
  const format = useFormat();
  const shown: Partial<Record<Setting, (value: never) => string>> = {
    Forwarding: (value: Forwarding) => t(`mailboxes.forwardings.${value}`),
    PasswordChange: (value: PasswordChange) => t(`mailboxes.passwordChanges.${value}`),
    MaxSendSize: (value: Size) => format.size(sizeText(value)) || String(value),
    MaxReceiveSize: (value: Size) => format.size(sizeText(value)) || String(value),
    ProhibitSendReceiveQuota: (value: Size) => format.size(sizeText(value)) || String(value),
    RecipientLimits: (value: string) => value || t('mailboxes.unlimited'),
    RequireSenderAuthenticationEnabled: (value: boolean) =>
      t(value ? 'groups.onlyInside' : 'groups.insideAndOutside'),
    Added: (value: Recipient[]) => format.list(value.map(({ Name }) => Name)),
    Removed: (value: Recipient[]) => format.list(value.map(({ Name }) => Name)),
  };
  const show = (setting: string, value: unknown): string => {
    const own = shown[setting as Setting]?.(value as never);
    if (own !== undefined) return own || '–';
    if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
    if (Array.isArray(value)) return value.length > 0 ? format.list(value as string[]) : '–';
    return value === '' || value === null || value === undefined ? '–' : String(value as string);
  };
  return { labelOf: (setting) => t(LABELS[setting as Setting]), show };
}
