// The columns of lists that hold recipients of several kinds.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../parts/list-props';
import type { Recipient, RecipientType } from './recipient';

export function useRecipientColumns(): Column<Recipient>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: 'name', title: t('common.name'), value: (r) => r.Name, width: 'minmax(110px, 1fr)' },
      {
        id: 'address',
        title: t('recipients.columns.address'),
        value: (r) => r.PrimarySmtpAddress,
        width: 'minmax(140px, 1.4fr)',
      },
      {
        id: 'type',
        title: t('recipients.columns.type'),
        value: (r) => t(`recipients.types.${r.RecipientType as RecipientType}`),
        width: 'minmax(80px, 0.7fr)',
      },
    ],
    [t],
  );
}
