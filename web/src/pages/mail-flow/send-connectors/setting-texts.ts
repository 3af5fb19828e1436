// Names and values of settings for people: for the table of differences.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import { sizeText } from '../../../parts/size';
import type {
  AuthLevel,
  GrantType,
  LoggingLevel,
  Mechanism,
  Setting,
  TlsVersion,
} from './connector';

export interface SettingTexts {
  labelOf: (setting: string) => string;
  show: (setting: string, value: unknown) => string;
}

const LABELS = {
  Name: 'common.name',
  Enabled: 'sendConnectors.connectorStatus',
  FrontendProxyEnabled: 'sendConnectors.proxyField',
  Comment: 'sendConnectors.comment',
  ProtocolLoggingLevel: 'sendConnectors.logging',
  MaxMessageSize: 'sendConnectors.columns.maxSize',
  DNSRoutingEnabled: 'sendConnectors.mx',
  SmartHosts: 'sendConnectors.smartHostList',
  SmartHostAuthMechanism: 'sendConnectors.authentication',
  UserName: 'sendConnectors.userName',
  Password: 'sendConnectors.password',
  OAuthTokenUrl: 'sendConnectors.oauth.tokenUrl',
  OAuthClientId: 'sendConnectors.oauth.clientId',
  OAuthScope: 'sendConnectors.oauth.scope',
  OAuthGrantType: 'sendConnectors.oauth.grant',
  OAuthClientSecret: 'sendConnectors.oauth.clientSecret',
  UseExternalDNSServersEnabled: 'sendConnectors.externalDns',
  AddressSpaces: 'sendConnectors.addressSpace',
  IsScopedConnector: 'sendConnectors.scoped',
  Fqdn: 'sendConnectors.fqdn',
  SourceTransportServers: 'sendConnectors.sourceServer',
  RequireTLS: 'sendConnectors.requireTls',
  TlsAuthLevel: 'sendConnectors.tlsAuthLevel',
  TlsDomain: 'sendConnectors.tlsDomain',
  TlsCertificateName: 'sendConnectors.tlsCertificate',
  DomainSecureEnabled: 'sendConnectors.domainSecure',
  TlsMinimumVersion: 'sendConnectors.tlsMinimum',
  TlsCipherSuites: 'sendConnectors.tlsSuites',
  ForceHELO: 'sendConnectors.forceHelo',
  ErrorPolicies: 'sendConnectors.errorPolicies',
  IgnoreSTARTTLS: 'sendConnectors.ignoreStartTls',
  Port: 'sendConnectors.port',
  ConnectionInactivityTimeOut: 'sendConnectors.inactivity',
  SmtpMaxMessagesPerConnection: 'sendConnectors.perConnection',
} as const satisfies Record<Setting, string>;

export function useSettingTexts(): SettingTexts {
  const { t } = useTranslation();
  const format = useFormat();
  const show = (setting: string, value: unknown): string => {
    if (setting === 'Enabled') return value ? t('common.enabled') : t('common.disabled');
    if (setting === 'MaxMessageSize') {
      return typeof value === 'number' || value === 'unlimited'
        ? format.size(sizeText(value))
        : String(value);
    }
    if (setting === 'ConnectionInactivityTimeOut') return format.span(value) || String(value);
    if (setting === 'ProtocolLoggingLevel')
      return t(`sendConnectors.loggingLevels.${value as LoggingLevel}`);
    if (setting === 'SmartHostAuthMechanism')
      return t(`sendConnectors.authNames.${value as Mechanism}`);
    if (setting === 'OAuthGrantType') return t(`sendConnectors.oauth.grants.${value as GrantType}`);
    if (setting === 'TlsAuthLevel')
      return t(`sendConnectors.tlsAuthLevels.${(value as AuthLevel) || 'none'}`);
    if (setting === 'TlsMinimumVersion')
      return t(`sendConnectors.tlsVersions.${value as TlsVersion}`);
    if (setting === 'TlsCipherSuites' && (value as string[]).length === 0)
      return t('sendConnectors.allSuites');
    if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
    if (Array.isArray(value)) return value.length > 0 ? format.list(value as string[]) : '–';
    return value === '' || value === null || value === undefined ? '–' : String(value as string);
  };
  return { labelOf: (setting) => t(LABELS[setting as Setting]), show };
}
