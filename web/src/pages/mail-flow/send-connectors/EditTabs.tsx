// What stands on the tabs of the edit dialog.
import { Divider, Text } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import {
  CheckField,
  NumberField,
  RadioField,
  SelectField,
  SizeField,
  SpanField,
  TextField,
} from '../../../parts/fields';
import type { AuthLevel } from './connector';
import {
  AddressSpaceFields,
  AuthenticationFields,
  DeliveryFields,
  SourceServerFields,
  type FieldsProps,
} from './fields';

export const TABS = ['general', 'delivery', 'scoping', 'advanced'] as const;
export type TabId = (typeof TABS)[number];

const PLACES: Readonly<Record<TabId, readonly string[]>> = {
  general: [
    'Name',
    'Enabled',
    'FrontendProxyEnabled',
    'Comment',
    'ProtocolLoggingLevel',
    'MaxMessageSize',
  ],
  delivery: [
    'DNSRoutingEnabled',
    'SmartHosts',
    'SmartHostAuthMechanism',
    'AuthenticationCredential',
    'UserName',
    'UseExternalDNSServersEnabled',
  ],
  scoping: ['AddressSpaces', 'IsScopedConnector', 'Fqdn', 'SourceTransportServers'],
  advanced: [
    'RequireTLS',
    'TlsAuthLevel',
    'TlsDomain',
    'IgnoreSTARTTLS',
    'Port',
    'ConnectionInactivityTimeOut',
    'SmtpMaxMessagesPerConnection',
  ],
};

/** The tab where a parameter's field is. */
export function tabOf(parameter: string | undefined): TabId | undefined {
  return TABS.find((tab) => parameter !== undefined && PLACES[tab].includes(parameter));
}

interface Props extends FieldsProps {
  tab: TabId;
  stored: string;
}

export function TabContent({ tab, stored, ...fields }: Props): ReactElement {
  switch (tab) {
    case 'general':
      return <General {...fields} />;
    case 'delivery':
      return (
        <>
          <DeliveryFields {...fields} />
          {!fields.settings.DNSRoutingEnabled && (
            <AuthenticationFields {...fields} stored={stored} />
          )}
        </>
      );
    case 'scoping':
      return <Scoping {...fields} />;
    default:
      return <Advanced {...fields} />;
  }
}

function General({ settings, change }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('common.name')}
        parameter="Name"
        required
        value={settings.Name}
        onChange={(Name) => change({ Name })}
      />
      <div role="group" aria-label={t('sendConnectors.connectorStatus')}>
        <Divider alignContent="start">{t('sendConnectors.connectorStatus')}</Divider>
        <CheckField
          label={t('common.enable')}
          parameter="Enabled"
          checked={settings.Enabled}
          onChange={(Enabled) => change({ Enabled })}
        />
      </div>
      <CheckField
        label={t('sendConnectors.proxyField')}
        parameter="FrontendProxyEnabled"
        hint={t('sendConnectors.proxyHint')}
        checked={settings.FrontendProxyEnabled}
        onChange={(FrontendProxyEnabled) => change({ FrontendProxyEnabled })}
      />
      <TextField
        label={t('sendConnectors.comment')}
        parameter="Comment"
        lines={2}
        value={settings.Comment}
        onChange={(Comment) => change({ Comment })}
      />
      <RadioField
        label={t('sendConnectors.logging')}
        parameter="ProtocolLoggingLevel"
        value={settings.ProtocolLoggingLevel}
        onChange={(ProtocolLoggingLevel) => change({ ProtocolLoggingLevel })}
        choices={(['None', 'Verbose'] as const).map((value) => ({
          value,
          label: t(`sendConnectors.loggingLevels.${value}`),
        }))}
      />
      <SizeField
        label={t('sendConnectors.maxSize')}
        parameter="MaxMessageSize"
        hint={t('sendConnectors.maxSizeHint')}
        value={settings.MaxMessageSize}
        onChange={(MaxMessageSize) => change({ MaxMessageSize })}
      />
    </>
  );
}

function Scoping(fields: FieldsProps): ReactElement {
  const { t } = useTranslation();
  const { settings, change } = fields;
  return (
    <>
      <AddressSpaceFields {...fields} />
      <TextField
        label={t('sendConnectors.fqdn')}
        parameter="Fqdn"
        hint={t('sendConnectors.fqdnHint')}
        code
        value={settings.Fqdn}
        onChange={(Fqdn) => change({ Fqdn })}
      />
      <SourceServerFields {...fields} />
    </>
  );
}

const LEVELS: readonly AuthLevel[] = [
  '',
  'EncryptionOnly',
  'CertificateValidation',
  'DomainValidation',
];

function Advanced({ settings, change }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <Text>{t('sendConnectors.advancedIntro')}</Text>
      <Divider alignContent="start">{t('sendConnectors.tls')}</Divider>
      <CheckField
        label={t('sendConnectors.requireTls')}
        parameter="RequireTLS"
        hint={t('sendConnectors.requireTlsHint')}
        checked={settings.RequireTLS}
        onChange={(RequireTLS) => change({ RequireTLS })}
      />
      <SelectField
        label={t('sendConnectors.tlsAuthLevel')}
        parameter="TlsAuthLevel"
        value={settings.TlsAuthLevel}
        onChange={(TlsAuthLevel) => change({ TlsAuthLevel })}
        choices={LEVELS.map((value) => ({
          value,
          label: t(`sendConnectors.tlsAuthLevels.${value || 'none'}`),
        }))}
      />
      <TextField
        label={t('sendConnectors.tlsDomain')}
        parameter="TlsDomain"
        hint={t('sendConnectors.tlsDomainHint')}
        code
        value={settings.TlsDomain}
        onChange={(TlsDomain) => change({ TlsDomain })}
      />
      <CheckField
        label={t('sendConnectors.ignoreStartTls')}
        parameter="IgnoreSTARTTLS"
        checked={settings.IgnoreSTARTTLS}
        onChange={(IgnoreSTARTTLS) => change({ IgnoreSTARTTLS })}
      />
      <Divider alignContent="start">{t('sendConnectors.connections')}</Divider>
      <NumberField
        label={t('sendConnectors.port')}
        parameter="Port"
        hint={t('sendConnectors.portHint')}
        value={settings.Port}
        onChange={(Port) => change({ Port })}
      />
      <SpanField
        label={t('sendConnectors.inactivity')}
        parameter="ConnectionInactivityTimeOut"
        hint={t('sendConnectors.inactivityHint')}
        value={settings.ConnectionInactivityTimeOut}
        onChange={(ConnectionInactivityTimeOut) => change({ ConnectionInactivityTimeOut })}
      />
      <NumberField
        label={t('sendConnectors.perConnection')}
        parameter="SmtpMaxMessagesPerConnection"
        value={settings.SmtpMaxMessagesPerConnection}
        onChange={(SmtpMaxMessagesPerConnection) => change({ SmtpMaxMessagesPerConnection })}
      />
    </>
  );
}
