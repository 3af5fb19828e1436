// The details pane of the list: the facts of one connector with its Enable/Disable link, or what can be
// done with several.
import { Link } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { DetailsPane } from '../../../parts/DetailsPane';
import { useFormat } from '../../../texts/format';
import type { SendConnector } from './connector';
import { useConnectorTexts } from './list-columns';

interface Props {
  connectors: readonly SendConnector[];
  onEnable: (connectors: readonly SendConnector[], on: boolean) => void;
}

export function Details({ connectors, onEnable }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const texts = useConnectorTexts();
  const { may } = usePermissions();
  const [one, ...others] = connectors;
  const link = (on: boolean) => (
    <Link as="button" onClick={() => onEnable(connectors, on)}>
      {on ? t('common.enable') : t('common.disable')}
    </Link>
  );
  if (!one) return <DetailsPane />;
  if (others.length > 0) {
    return (
      <DetailsPane title={t('list.several', { count: connectors.length })}>
        {may('Set-SendConnector') && (
          <>
            {link(true)} · {link(false)}
          </>
        )}
      </DetailsPane>
    );
  }
  const facts = [
    {
      name: t('common.status'),
      value: (
        <>
          {texts.status(one)} {may('Set-SendConnector') && link(!one.Enabled)}
        </>
      ),
    },
    { name: t('sendConnectors.columns.changed'), value: format.dateTime(one.WhenChanged) },
    {
      name: t('sendConnectors.logLevel'),
      value: t(`sendConnectors.loggingLevels.${one.ProtocolLoggingLevel}`),
    },
    { name: t('sendConnectors.columns.maxSize'), value: format.size(one.MaxMessageSize) },
    { name: t('sendConnectors.columns.delivery'), value: texts.delivery(one) },
    {
      name: t('sendConnectors.authentication'),
      value: one.DNSRoutingEnabled
        ? ''
        : t(`sendConnectors.authNames.${one.SmartHostAuthMechanism}`),
    },
    { name: t('sendConnectors.tlsCertificate'), value: one.TlsCertificateName ?? '' },
    {
      name: t('sendConnectors.columns.addressSpaces'),
      value: one.AddressSpaces.map((s) => <div key={s}>{s}</div>),
    },
    { name: t('sendConnectors.scoped'), value: one.IsScopedConnector ? t('common.yes') : '' },
    { name: t('sendConnectors.columns.servers'), value: format.list(one.SourceTransportServers) },
    { name: t('sendConnectors.columns.proxy'), value: texts.proxy(one) },
    { name: t('sendConnectors.columns.comment'), value: one.Comment ?? '' },
  ];
  return <DetailsPane title={one.Name} facts={facts} />;
}
