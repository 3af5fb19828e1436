// The columns of the list of distribution groups.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { useFormat } from '../../../texts/format';
import { addressesOf } from '../addresses';
import { useListColumns } from '../list-columns';
import type { Group } from './group';

export function useColumns(): Column<Group>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, displayName, address, size, changed } = useListColumns();
  return useMemo<Column<Group>[]>(
    () => [
      name,
      displayName,
      address((group) => group.PrimarySmtpAddress),
      {
        id: 'others',
        title: t('recipients.columns.others'),
        value: (group) => format.list(addressesOf(group).EmailAddresses),
        optional: true,
      },
      {
        id: 'sending',
        title: t('groups.sending'),
        value: (group) => whoMaySend(group, t('groups.inside'), t('groups.everybody'), format.list),
        width: 'minmax(140px, 1fr)',
      },
      size('maxReceive', t('groups.maxReceive'), (group) => group.MaxReceiveSize),
      {
        id: 'notes',
        title: t('groups.notes'),
        value: (group) => group.Notes ?? '',
        optional: true,
      },
      changed,
    ],
    [t, format, name, displayName, address, size, changed],
  );
}

function whoMaySend(
  group: Group,
  inside: string,
  everybody: string,
  list: (names: readonly string[]) => string,
): string {
  const senders = group.AcceptMessagesOnlyFromSendersOrMembers;
  if (senders.length > 0) return list(senders);
  return group.RequireSenderAuthenticationEnabled ? inside : everybody;
}
