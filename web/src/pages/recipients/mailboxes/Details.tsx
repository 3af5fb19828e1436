// The details pane of the list of mailboxes.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { DetailsPane } from '../../../parts/DetailsPane';
import { useFormat } from '../../../texts/format';
import { addressesOf } from '../addresses';
import { lines } from '../lines';
import { originOf } from '../recipient';
import { forwardedTo } from './list-columns';
import { forwardingOf, type Mailbox } from './mailbox';

export function Details({ objects }: { objects: readonly Mailbox[] }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const [one, ...others] = objects;
  if (!one) return <DetailsPane />;
  if (others.length > 0)
    return <DetailsPane title={t('list.several', { count: objects.length })} />;
  const isForwarded = forwardingOf(one) !== 'none';
  const limit = one.RecipientLimits;
  const facts = [
    { name: t('recipients.columns.address'), value: one.PrimarySmtpAddress },
    { name: t('recipients.columns.others'), value: lines(addressesOf(one).EmailAddresses) },
    { name: t('mailboxes.forwardedTo'), value: forwardedTo(one) },
    {
      name: t('mailboxes.keepsACopy'),
      value: isForwarded ? t(one.DeliverToMailboxAndForward ? 'common.yes' : 'common.no') : '',
    },
    {
      name: t('mailboxes.signsIn'),
      value: t(signingIn(one)),
    },
    { name: t('mailboxes.languages'), value: format.list(one.Languages) },
    { name: t('mailboxes.maxSend'), value: format.size(one.MaxSendSize) },
    { name: t('mailboxes.maxReceive'), value: format.size(one.MaxReceiveSize) },
    { name: t('mailboxes.quota'), value: format.size(one.ProhibitSendReceiveQuota) },
    {
      name: t('mailboxes.recipientLimits'),
      value: typeof limit === 'number' ? format.number(limit) : t('mailboxes.unlimited'),
    },
    { name: t('recipients.origin'), value: t(originOf(one)) },
    { name: t('sendConnectors.columns.changed'), value: format.dateTime(one.WhenChanged) },
  ];
  return <DetailsPane title={one.Name} facts={facts} />;
}

/** How its owner signs in. */
function signingIn({ HasPassword, IsDirSynced }: Mailbox) {
  if (HasPassword) return 'mailboxes.signsInYes';
  return IsDirSynced ? 'mailboxes.signsInThere' : 'mailboxes.noPassword';
}
