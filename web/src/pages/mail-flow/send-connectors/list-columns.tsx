// The columns of the list of connectors, and the words for their values.
import { Badge } from '@fluentui/react-components';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '../../../parts/list-props';
import { bytesOf } from '../../../parts/size';
import { useFormat } from '../../../texts/format';
import { lowestCost } from './address-space';
import type { SendConnector } from './connector';

export interface ConnectorTexts {
  status: (connector: SendConnector) => string;
  delivery: (connector: SendConnector) => string;
  proxy: (connector: SendConnector) => string;
}

export function useConnectorTexts(): ConnectorTexts {
  const { t } = useTranslation();
  const { list } = useFormat();
  return useMemo(
    () => ({
      status: ({ Enabled }) => (Enabled ? t('common.enabled') : t('common.disabled')),
      delivery: ({ DNSRoutingEnabled, SmartHosts }) =>
        DNSRoutingEnabled
          ? t('sendConnectors.byMx')
          : t('sendConnectors.viaHosts', { hosts: list(SmartHosts) }),
      proxy: ({ FrontendProxyEnabled }) =>
        FrontendProxyEnabled ? t('sendConnectors.proxied') : t('sendConnectors.direct'),
    }),
    [t, list],
  );
}

export function useColumns(): Column<SendConnector>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const texts = useConnectorTexts();
  return useMemo(
    () => [
      { id: 'name', title: t('common.name'), value: (c) => c.Name, width: 'minmax(160px, 1.3fr)' },
      {
        id: 'status',
        title: t('common.status'),
        value: texts.status,
        width: '100px',
        cell: (c) => (
          <Badge appearance="tint" color={c.Enabled ? 'success' : 'informative'}>
            {texts.status(c)}
          </Badge>
        ),
      },
      {
        id: 'spaces',
        title: t('sendConnectors.columns.addressSpaces'),
        value: (c) => format.list(c.AddressSpaces),
        width: 'minmax(165px, 1fr)',
      },
      {
        id: 'delivery',
        title: t('sendConnectors.columns.delivery'),
        value: texts.delivery,
        width: 'minmax(150px, 1.4fr)',
      },
      {
        id: 'servers',
        title: t('sendConnectors.columns.servers'),
        value: (c) => format.list(c.SourceTransportServers),
        optional: true,
      },
      { id: 'proxy', title: t('sendConnectors.columns.proxy'), value: texts.proxy, optional: true },
      {
        id: 'size',
        title: t('sendConnectors.columns.maxSize'),
        value: (c) => {
          const size = bytesOf(c.MaxMessageSize);
          return typeof size === 'number' ? size : Number.MAX_SAFE_INTEGER;
        },
        cell: (c) => format.size(c.MaxMessageSize),
        numeric: true,
        optional: true,
      },
      {
        id: 'cost',
        title: t('sendConnectors.columns.cost'),
        value: (c) => lowestCost(c.AddressSpaces),
        numeric: true,
        width: 'minmax(70px, 0.5fr)',
        optional: true,
      },
      {
        id: 'changed',
        title: t('sendConnectors.columns.changed'),
        value: (c) => c.WhenChanged,
        cell: (c) => format.dateTime(c.WhenChanged),
        width: 'minmax(170px, 1fr)',
        optional: true,
      },
      {
        id: 'comment',
        title: t('sendConnectors.columns.comment'),
        value: (c) => c.Comment ?? '',
        optional: true,
      },
    ],
    [t, format, texts],
  );
}
