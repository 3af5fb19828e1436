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
import { useCertificateNames } from '../../servers/certificates/use-names';
import {
  CIPHER_SUITES,
  ERROR_POLICIES,
  showsCertificate,
  type AuthLevel,
  type Settings,
  type TlsVersion,
} from './connector';
import { AuthenticationFields } from './AuthenticationFields';
import { PARAMETERS } from './steps';
import { AddressSpaceFields, DeliveryFields, SourceServerFields, type FieldsProps } from './fields';

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
    ...PARAMETERS.authentication,
    'UseExternalDNSServersEnabled',
  ],
  scoping: ['AddressSpaces', 'IsScopedConnector', 'Fqdn', 'SourceTransportServers'],
  advanced: [
    'RequireTLS',
    'TlsAuthLevel',
    'TlsDomain',
    'TlsCertificateName',
    'DomainSecureEnabled',
    'TlsMinimumVersion',
    'TlsCipherSuites',
    'IgnoreSTARTTLS',
    'ForceHELO',
    'ErrorPolicies',
    'Port',
    'ConnectionInactivityTimeOut',
    'SmtpMaxMessagesPerConnection',
  ],
};

/** The tab where a parameter's field is. The certificate has one beside the choice to sign in with it, while
 *  that is made, and one among what is advanced. */
export function tabOf(parameter: string | undefined, settings: Settings): TabId | undefined {
  if (parameter === 'TlsCertificateName' && !showsCertificate(settings)) return 'advanced';
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

const VERSIONS: readonly TlsVersion[] = ['Tls12', 'Tls13'];

function Advanced({ settings, change }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  const certificates = useCertificateNames();
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
      <TextField
        label={t('sendConnectors.tlsCertificate')}
        parameter="TlsCertificateName"
        hint={t('sendConnectors.tlsCertificateHint')}
        code
        choices={certificates}
        value={settings.TlsCertificateName}
        onChange={(TlsCertificateName) => change({ TlsCertificateName })}
      />
      <CheckField
        label={t('sendConnectors.domainSecure')}
        parameter="DomainSecureEnabled"
        hint={t('sendConnectors.domainSecureHint')}
        checked={settings.DomainSecureEnabled}
        onChange={(DomainSecureEnabled) => change({ DomainSecureEnabled })}
      />
      <CheckField
        label={t('sendConnectors.ignoreStartTls')}
        parameter="IgnoreSTARTTLS"
        checked={settings.IgnoreSTARTTLS}
        onChange={(IgnoreSTARTTLS) => change({ IgnoreSTARTTLS })}
      />
      <SelectField
        label={t('sendConnectors.tlsMinimum')}
        parameter="TlsMinimumVersion"
        hint={
          settings.TlsMinimumVersion === 'Tls13' ? t('sendConnectors.tlsMinimumHint') : undefined
        }
        value={settings.TlsMinimumVersion}
        onChange={(TlsMinimumVersion) => change({ TlsMinimumVersion })}
        choices={VERSIONS.map((value) => ({
          value,
          label: t(`sendConnectors.tlsVersions.${value}`),
        }))}
      />
      <CheckList
        title={t('sendConnectors.tlsSuites')}
        hint={t('sendConnectors.tlsSuitesHint')}
        parameter="TlsCipherSuites"
        choices={CIPHER_SUITES.map((value) => ({ value, label: value }))}
        value={settings.TlsCipherSuites}
        onChange={(TlsCipherSuites) => change({ TlsCipherSuites })}
      />
      <Divider alignContent="start">{t('sendConnectors.connections')}</Divider>
      <CheckField
        label={t('sendConnectors.forceHelo')}
        parameter="ForceHELO"
        hint={t('sendConnectors.forceHeloHint')}
        checked={settings.ForceHELO}
        onChange={(ForceHELO) => change({ ForceHELO })}
      />
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
      <CheckList
        title={t('sendConnectors.errorPolicies')}
        parameter="ErrorPolicies"
        choices={ERROR_POLICIES.map((value) => ({
          value,
          label: t(`sendConnectors.errorPolicy.${value}`),
        }))}
        value={settings.ErrorPolicies}
        onChange={(ErrorPolicies) => change({ ErrorPolicies })}
      />
    </>
  );
}

interface CheckListProps<V extends string> {
  title: string;
  hint?: string;
  parameter: string;
  choices: readonly { value: V; label: string }[];
  value: readonly V[];
  onChange: (value: V[]) => void;
}

/** Check boxes of which any number may be chosen, in their own order. */
function CheckList<V extends string>(props: CheckListProps<V>): ReactElement {
  const { title, hint, parameter, choices, value, onChange } = props;
  return (
    <div role="group" aria-label={title}>
      <Divider alignContent="start">{title}</Divider>
      {hint !== undefined && <Text size={200}>{hint}</Text>}
      {choices.map((choice, index) => (
        <CheckField
          key={choice.value}
          label={choice.label}
          // What is refused is said once, below the last.
          parameter={index === choices.length - 1 ? parameter : undefined}
          checked={value.includes(choice.value)}
          onChange={(on) =>
            onChange(
              choices
                .map((one) => one.value)
                .filter((one) => (one === choice.value ? on : value.includes(one))),
            )
          }
        />
      ))}
    </div>
  );
}
