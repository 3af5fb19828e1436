// The columns of the list of DKIM configurations.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { useFormat } from '../../../texts/format';
import { Ago } from '../queues/Moment';
import { SigningBadge, StatusBadge } from './badges';
import type { DkimConfig } from './config';
import { useDkimTexts } from './texts';

export function useColumns(): Column<DkimConfig>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const texts = useDkimTexts();
  return useMemo(
    () => [
      {
        id: 'domain',
        title: t('dkim.columns.domain'),
        value: (c) => c.Domain,
        width: 'minmax(120px, 1.6fr)',
      },
      {
        id: 'signing',
        title: t('dkim.columns.signing'),
        value: texts.signing,
        cell: (c) => <SigningBadge config={c} />,
        width: '105px',
      },
      {
        id: 'records',
        title: t('dkim.columns.records'),
        value: (c) => texts.status(c.Status),
        cell: (c) => <StatusBadge config={c} />,
        width: 'minmax(120px, 1fr)',
      },
      {
        id: 'keys',
        title: t('dkim.columns.keys'),
        value: texts.keys,
        width: 'minmax(160px, 1fr)',
      },
      {
        id: 'checked',
        title: t('dkim.columns.checked'),
        value: (c) => c.LastChecked,
        cell: (c) => <Ago at={c.LastChecked} />,
        width: 'minmax(136px, 1fr)',
      },
      {
        id: 'selector',
        title: t('dkim.columns.selector'),
        value: (c) => c.SigningSelector,
        optional: true,
      },
      {
        id: 'made',
        title: t('dkim.columns.made'),
        value: (c) => c.KeyCreationTime,
        cell: (c) => format.dateTime(c.KeyCreationTime),
        width: 'minmax(165px, 1fr)',
        optional: true,
      },
      {
        id: 'changed',
        title: t('dkim.columns.changed'),
        value: (c) => c.WhenChanged,
        cell: (c) => format.dateTime(c.WhenChanged),
        width: 'minmax(165px, 1fr)',
        optional: true,
      },
    ],
    [t, format, texts],
  );
}
