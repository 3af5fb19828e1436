// The columns of the list of what a domain has published.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { StatusBadge } from './badges';
import type { Row } from './rows';

export function useColumns(): Column<Row>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'check',
        title: t('publishing.columns.check'),
        value: (row) => t(`publishing.checks.${row.Check}`),
        width: 'minmax(190px, 1fr)',
      },
      {
        id: 'status',
        title: t('publishing.columns.status'),
        value: (row) => t(`publishing.statuses.${row.Status}`),
        cell: (row) => <StatusBadge status={row.Status} />,
        width: '125px',
      },
      {
        id: 'name',
        title: t('publishing.columns.name'),
        value: (row) => row.RecordName,
        width: 'minmax(130px, 1.2fr)',
      },
      {
        id: 'detail',
        title: t('publishing.columns.detail'),
        value: (row) => row.Detail,
        width: 'minmax(130px, 1.4fr)',
      },
      {
        id: 'published',
        title: t('publishing.published'),
        value: (row) => row.Published,
        optional: true,
      },
      {
        id: 'domain',
        title: t('publishing.columns.domain'),
        value: (row) => row.Domain,
        optional: true,
      },
    ],
    [t],
  );
}
