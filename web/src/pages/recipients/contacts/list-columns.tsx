// The columns of the list of mail contacts.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { useFormat } from '../../../texts/format';
import { useListColumns } from '../list-columns';
import type { Contact } from './contact';

export function useColumns(): Column<Contact>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, displayName, changed } = useListColumns();
  return useMemo<Column<Contact>[]>(
    () => [
      name,
      displayName,
      {
        id: 'external',
        title: t('contacts.external'),
        value: (contact) => contact.ExternalEmailAddress,
        width: 'minmax(160px, 1.3fr)',
      },
      {
        id: 'addresses',
        title: t('contacts.addresses'),
        value: (contact) => format.list(contact.EmailAddresses),
        width: 'minmax(160px, 1.3fr)',
      },
      changed,
    ],
    [t, format, name, displayName, changed],
  );
}
