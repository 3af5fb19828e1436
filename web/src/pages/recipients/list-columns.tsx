// Columns that the lists of all kinds of recipients have.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../parts/list-props';
import { bytesOf } from '../../parts/size';
import { useFormat } from '../../texts/format';

interface Listed {
  Name: string;
  DisplayName: string;
  WhenChanged: string;
}

export interface ListColumns {
  name: Column<Listed>;
  displayName: Column<Listed>;
  address: <T>(of: (item: T) => string) => Column<T>;
  /** A size; what is unlimited comes last. */
  size: <T>(id: string, title: string, of: (item: T) => string) => Column<T>;
  changed: Column<Listed>;
}

export function useListColumns(): ListColumns {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo<ListColumns>(
    () => ({
      name: {
        id: 'name',
        title: t('common.name'),
        value: ({ Name }) => Name,
        width: 'minmax(115px, 0.9fr)',
      },
      displayName: {
        id: 'displayName',
        title: t('recipients.displayName'),
        value: ({ DisplayName }) => DisplayName,
        width: 'minmax(130px, 1fr)',
        optional: true,
      },
      address: <T,>(of: (item: T) => string): Column<T> => ({
        id: 'address',
        title: t('recipients.columns.address'),
        value: of,
        width: 'minmax(180px, 1.4fr)',
      }),
      size: <T,>(id: string, title: string, of: (item: T) => string): Column<T> => ({
        id,
        title,
        value: (item) => {
          const size = bytesOf(of(item));
          return typeof size === 'number' ? size : Number.MAX_SAFE_INTEGER;
        },
        cell: (item) => format.size(of(item)),
        numeric: true,
        optional: true,
      }),
      changed: {
        id: 'changed',
        title: t('sendConnectors.columns.changed'),
        value: ({ WhenChanged }) => WhenChanged,
        cell: ({ WhenChanged }) => format.dateTime(WhenChanged),
        width: 'minmax(170px, 1fr)',
        optional: true,
      },
    }),
    [t, format],
  );
}
