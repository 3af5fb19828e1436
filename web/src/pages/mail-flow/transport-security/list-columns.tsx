// The columns of the list of hosts.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { DemandBadge } from './badges';
import type { Host } from './rows';
import { useSecurityWords } from './words';

export function useColumns(): Column<Host>[] {
  const { t } = useTranslation();
  const words = useSecurityWords();
  return useMemo(
    () => [
      {
        id: 'host',
        title: t('transportSecurity.columns.host'),
        value: (host) => host.Host,
        width: 'minmax(160px, 1.4fr)',
      },
      {
        id: 'address',
        title: t('transportSecurity.columns.address'),
        value: (host) => host.Address,
        width: 'minmax(100px, 0.6fr)',
      },
      {
        id: 'requirement',
        title: t('transportSecurity.columns.requirement'),
        value: (host) => host.Requirement && words.demanded(host.Requirement),
        cell: (host) => host.Requirement && <DemandBadge word={host.Requirement} />,
        width: '160px',
      },
      {
        id: 'requiredBy',
        title: t('transportSecurity.columns.requiredBy'),
        value: (host) => words.demander(host.RequiredBy),
        width: 'minmax(135px, 1.2fr)',
      },
      {
        id: 'lastTls',
        title: t('transportSecurity.columns.lastTls'),
        value: (host) => words.lastTls(host),
        width: '92px',
      },
      {
        id: 'lastCertificate',
        title: t('transportSecurity.columns.lastCertificate'),
        value: (host) => host.LastCertificate,
        optional: true,
      },
    ],
    [t, words],
  );
}
