// The columns of the list of certificates.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { useFormat } from '../../../texts/format';
import { End, StatusBadge, useStatusText } from './badges';
import { isRequest, servicesOf, titleOf, type Certificate } from './certificate';

export function useColumns(): Column<Certificate>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useStatusText();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('common.name'),
        value: (c) => c.FriendlyName,
        width: 'minmax(90px, 0.8fr)',
      },
      {
        id: 'domain',
        title: t('certificates.columns.domain'),
        value: titleOf,
        cell: (c) => {
          const more = c.CertificateDomains.length - 1;
          return more > 0
            ? t('certificates.andMore', { name: titleOf(c), count: more })
            : titleOf(c);
        },
        width: 'minmax(150px, 1.6fr)',
      },
      {
        id: 'status',
        title: t('common.status'),
        value: (c) => status(c.Status),
        cell: (c) => <StatusBadge status={c.Status} />,
        width: '168px',
      },
      {
        id: 'services',
        title: t('certificates.columns.services'),
        value: (c) => servicesOf(c).join(', '),
        width: '88px',
      },
      {
        id: 'expires',
        title: t('certificates.columns.expires'),
        value: (c) => (isRequest(c) ? null : c.NotAfter),
        cell: (c) => <End certificate={c} />,
        width: 'minmax(124px, 0.6fr)',
      },
      {
        id: 'subject',
        title: t('certificates.columns.subject'),
        value: (c) => c.Subject,
        optional: true,
      },
      {
        id: 'issuer',
        title: t('certificates.columns.issuer'),
        value: (c) => (isRequest(c) ? null : c.Issuer),
        optional: true,
      },
      {
        id: 'thumbprint',
        title: t('certificates.columns.thumbprint'),
        value: (c) => c.Thumbprint,
        width: 'minmax(180px, 1fr)',
        optional: true,
      },
      {
        id: 'server',
        title: t('certificates.columns.server'),
        value: (c) => c.Server,
        optional: true,
      },
      {
        id: 'changed',
        title: t('certificates.columns.changed'),
        value: (c) => c.WhenChanged,
        cell: (c) => format.dateTime(c.WhenChanged),
        width: 'minmax(165px, 1fr)',
        optional: true,
      },
    ],
    [t, format, status],
  );
}
