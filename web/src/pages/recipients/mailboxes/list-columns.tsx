// The columns of the list of mailboxes.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { useFormat } from '../../../texts/format';
import { addressesOf } from '../addresses';
import { useListColumns } from '../list-columns';
import type { Mailbox } from './mailbox';

/** Whom its mail is forwarded to; empty where it is not. */
export function forwardedTo(mailbox: Mailbox): string {
  return mailbox.ForwardingAddress ?? mailbox.ForwardingSmtpAddress ?? '';
}

export function useColumns(): Column<Mailbox>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, address, size, changed } = useListColumns();
  return useMemo<Column<Mailbox>[]>(
    () => [
      name,
      address((mailbox) => mailbox.PrimarySmtpAddress),
      {
        id: 'others',
        title: t('recipients.columns.others'),
        value: (mailbox) => format.list(addressesOf(mailbox).EmailAddresses),
        width: 'minmax(120px, 1fr)',
      },
      {
        id: 'forwarding',
        title: t('mailboxes.forwardedTo'),
        value: forwardedTo,
        width: 'minmax(110px, 0.8fr)',
      },
      size('maxSend', t('mailboxes.maxSend'), (mailbox) => mailbox.MaxSendSize),
      size('maxReceive', t('mailboxes.maxReceive'), (mailbox) => mailbox.MaxReceiveSize),
      changed,
    ],
    [t, format, name, address, size, changed],
  );
}
