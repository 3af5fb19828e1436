// Where the mail of a mailbox goes, and how much of it: forwarding, sizes, recipients of one message.
import { Divider } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckField, NumberField, RadioField, SizeField, TextField } from '../../../parts/fields';
import { RecipientField } from '../RecipientField';
import type { FieldsProps } from './General';
import { FORWARDINGS, type Forwarding } from './mailbox';

interface Props extends FieldsProps {
  /** The mailbox itself, to which nothing can be forwarded. */
  guid: string;
}

export function MailFlow({ settings, change, guid }: Props): ReactElement {
  const { t } = useTranslation();
  const fields: Partial<Record<Forwarding, ReactElement>> = {
    recipient: (
      <RecipientField
        label={t('mailboxes.forwardTo')}
        parameter="ForwardingAddress"
        title={t('mailboxes.selectForward')}
        except={({ Guid }) => Guid === guid}
        value={settings.ForwardingAddress}
        onChange={(ForwardingAddress) => change({ ForwardingAddress })}
      />
    ),
    address: (
      <TextField
        label={t('recipients.columns.address')}
        parameter="ForwardingSmtpAddress"
        hint={t('mailboxes.forwardHint')}
        required
        code
        value={settings.ForwardingSmtpAddress}
        onChange={(ForwardingSmtpAddress) => change({ ForwardingSmtpAddress })}
      />
    ),
  };
  return (
    <>
      <Divider alignContent="start">{t('mailboxes.deliveryOptions')}</Divider>
      <RadioField
        label={t('mailboxes.forwarding')}
        value={settings.Forwarding}
        onChange={(Forwarding) => change({ Forwarding })}
        choices={FORWARDINGS.map((value) => ({
          value,
          label: t(`mailboxes.forwardings.${value}`),
          more: fields[value],
        }))}
      />
      {settings.Forwarding !== 'none' && (
        <CheckField
          label={t('mailboxes.deliverToBoth')}
          parameter="DeliverToMailboxAndForward"
          checked={settings.DeliverToMailboxAndForward}
          onChange={(DeliverToMailboxAndForward) => change({ DeliverToMailboxAndForward })}
        />
      )}
      <Divider alignContent="start">{t('recipients.sizes')}</Divider>
      <SizeField
        label={t('mailboxes.maxSendField')}
        parameter="MaxSendSize"
        value={settings.MaxSendSize}
        onChange={(MaxSendSize) => change({ MaxSendSize })}
      />
      <SizeField
        label={t('mailboxes.maxReceiveField')}
        parameter="MaxReceiveSize"
        value={settings.MaxReceiveSize}
        onChange={(MaxReceiveSize) => change({ MaxReceiveSize })}
      />
      <SizeField
        label={t('mailboxes.quotaField')}
        parameter="ProhibitSendReceiveQuota"
        hint={t('mailboxes.quotaHint')}
        value={settings.ProhibitSendReceiveQuota}
        onChange={(ProhibitSendReceiveQuota) => change({ ProhibitSendReceiveQuota })}
      />
      <NumberField
        label={t('mailboxes.recipientLimits')}
        parameter="RecipientLimits"
        hint={t('mailboxes.recipientLimitsHint')}
        placeholder={t('mailboxes.unlimited')}
        value={settings.RecipientLimits}
        onChange={(RecipientLimits) => change({ RecipientLimits })}
      />
    </>
  );
}
