// A Send connector as the server gives it, its settings as forms hold them, and the way back: the
// parameters of New- and Set-SendConnector. Settings are named like the parameters they become, so that
// messages, differences and the command need no other table. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { Described } from '../../../api/outputs';
import { same } from '../../../parts/diff';
import { bytesOf, sizeText, type Size } from '../../../parts/size';

export type SendConnector = Described['SendConnector'];

export const USAGES = ['Custom', 'Internal', 'Internet', 'Partner'] as const;
export type Usage = (typeof USAGES)[number];

/** The type that a word of an address names. */
export function usageOf(word: string | undefined): Usage | undefined {
  return USAGES.find((usage) => usage.toLowerCase() === word?.toLowerCase());
}

export type LoggingLevel = 'None' | 'Verbose';
export type Mechanism =
  | 'None'
  | 'BasicAuth'
  | 'BasicAuthRequireTLS'
  | 'ExchangeServer'
  | 'ExternalAuthoritative'
  | 'OAuth2'
  | 'ClientCertificate';
export type GrantType = 'ClientCredentials' | 'RefreshToken';
export type TlsVersion = SendConnector['TlsMinimumVersion'];
export type AuthLevel = '' | 'EncryptionOnly' | 'CertificateValidation' | 'DomainValidation';

/** Failures that are judged otherwise than SMTP says; none is Default. */
export const ERROR_POLICIES = [
  'DowngradeDnsFailures',
  'DowngradeCustomFailures',
  'UpgradeCustomFailures',
] as const;
export type ErrorPolicy = (typeof ERROR_POLICIES)[number];

/** Those that can be spoken; none chosen is All. */
export const CIPHER_SUITES = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
] as const;
export type CipherSuite = (typeof CIPHER_SUITES)[number];

export interface Settings {
  Name: string;
  Enabled: boolean;
  FrontendProxyEnabled: boolean;
  Comment: string;
  ProtocolLoggingLevel: LoggingLevel;
  MaxMessageSize: Size;
  DNSRoutingEnabled: boolean;
  SmartHosts: string[];
  SmartHostAuthMechanism: Mechanism;
  UserName: string;
  /** Never comes from the server. */
  Password: string;
  OAuthTokenUrl: string;
  OAuthClientId: string;
  OAuthScope: string;
  OAuthGrantType: GrantType;
  /** Never comes from the server. */
  OAuthClientSecret: string;
  UseExternalDNSServersEnabled: boolean;
  AddressSpaces: string[];
  IsScopedConnector: boolean;
  Fqdn: string;
  SourceTransportServers: string[];
  RequireTLS: boolean;
  TlsAuthLevel: AuthLevel;
  TlsDomain: string;
  TlsCertificateName: string;
  DomainSecureEnabled: boolean;
  TlsMinimumVersion: TlsVersion;
  TlsCipherSuites: CipherSuite[];
  IgnoreSTARTTLS: boolean;
  ForceHELO: boolean;
  ErrorPolicies: ErrorPolicy[];
  Port: string;
  ConnectionInactivityTimeOut: string;
  SmtpMaxMessagesPerConnection: string;
}

export type Setting = keyof Settings;

/** What a new connector is before anything is chosen. */
export const BLANK: Settings = {
  Name: '',
  Enabled: true,
  FrontendProxyEnabled: false,
  Comment: '',
  ProtocolLoggingLevel: 'None',
  MaxMessageSize: 25 * 1024 ** 2,
  DNSRoutingEnabled: true,
  SmartHosts: [],
  SmartHostAuthMechanism: 'None',
  UserName: '',
  Password: '',
  OAuthTokenUrl: '',
  OAuthClientId: '',
  OAuthScope: '',
  OAuthGrantType: 'ClientCredentials',
  OAuthClientSecret: '',
  UseExternalDNSServersEnabled: false,
  AddressSpaces: [],
  IsScopedConnector: false,
  Fqdn: '',
  SourceTransportServers: [],
  RequireTLS: false,
  TlsAuthLevel: '',
  TlsDomain: '',
  TlsCertificateName: '',
  DomainSecureEnabled: false,
  TlsMinimumVersion: 'Tls12',
  TlsCipherSuites: [],
  IgnoreSTARTTLS: false,
  ForceHELO: false,
  ErrorPolicies: [],
  Port: '25',
  ConnectionInactivityTimeOut: '00:10:00',
  SmtpMaxMessagesPerConnection: '20',
};

export function settingsOf(connector: SendConnector): Settings {
  return {
    Name: connector.Name,
    Enabled: connector.Enabled,
    FrontendProxyEnabled: connector.FrontendProxyEnabled,
    Comment: connector.Comment ?? '',
    ProtocolLoggingLevel: connector.ProtocolLoggingLevel,
    MaxMessageSize: bytesOf(connector.MaxMessageSize) ?? connector.MaxMessageSize,
    DNSRoutingEnabled: connector.DNSRoutingEnabled,
    SmartHosts: connector.SmartHosts,
    SmartHostAuthMechanism: connector.SmartHostAuthMechanism,
    UserName: connector.AuthenticationCredential ?? '',
    Password: '',
    OAuthTokenUrl: connector.OAuthTokenUrl ?? '',
    OAuthClientId: connector.OAuthClientId ?? '',
    OAuthScope: connector.OAuthScope ?? '',
    OAuthGrantType: connector.OAuthGrantType,
    OAuthClientSecret: '',
    UseExternalDNSServersEnabled: connector.UseExternalDNSServersEnabled,
    AddressSpaces: connector.AddressSpaces,
    IsScopedConnector: connector.IsScopedConnector,
    Fqdn: connector.Fqdn ?? '',
    SourceTransportServers: connector.SourceTransportServers,
    RequireTLS: connector.RequireTLS,
    TlsAuthLevel: connector.TlsAuthLevel ?? '',
    TlsDomain: connector.TlsDomain ?? '',
    TlsCertificateName: connector.TlsCertificateName ?? '',
    DomainSecureEnabled: connector.DomainSecureEnabled,
    TlsMinimumVersion: connector.TlsMinimumVersion,
    TlsCipherSuites: among(CIPHER_SUITES, connector.TlsCipherSuites),
    IgnoreSTARTTLS: connector.IgnoreSTARTTLS,
    ForceHELO: connector.ForceHELO,
    ErrorPolicies: among(ERROR_POLICIES, connector.ErrorPolicies),
    Port: String(connector.Port),
    ConnectionInactivityTimeOut: connector.ConnectionInactivityTimeOut,
    SmtpMaxMessagesPerConnection: String(connector.SmtpMaxMessagesPerConnection),
  };
}

/** The words of a list with commas that are among these. */
function among<Word extends string>(words: readonly Word[], list: string): Word[] {
  const given = list.split(',').map((word) => word.trim());
  return words.filter((word) => given.includes(word));
}

export function isBasic(mechanism: Mechanism): boolean {
  return mechanism === 'BasicAuth' || mechanism === 'BasicAuthRequireTLS';
}

/** Whether it signs in with what a credential holds. */
export function usesCredential(mechanism: Mechanism): boolean {
  return isBasic(mechanism) || mechanism === 'OAuth2';
}

/** Whether it signs in with the certificate that it shows. */
export function showsCertificate(settings: Settings): boolean {
  return !settings.DNSRoutingEnabled && settings.SmartHostAuthMechanism === 'ClientCertificate';
}

/** What other choices make moot is taken out: smart hosts with delivery by MX, credentials without a
 *  mechanism that uses them, what belongs to OAuth2 without it. */
export function settled(settings: Settings): Settings {
  const next = { ...settings };
  if (next.DNSRoutingEnabled) {
    next.SmartHosts = [];
    next.SmartHostAuthMechanism = 'None';
  }
  if (!usesCredential(next.SmartHostAuthMechanism)) {
    next.UserName = '';
    next.Password = '';
  }
  if (next.SmartHostAuthMechanism !== 'OAuth2') {
    next.OAuthTokenUrl = '';
    next.OAuthClientId = '';
    next.OAuthScope = '';
    next.OAuthGrantType = 'ClientCredentials';
  }
  if (next.OAuthGrantType !== 'RefreshToken') next.OAuthClientSecret = '';
  return next;
}

const EMPTY_IS_NULL: readonly Setting[] = [
  'Comment',
  'Fqdn',
  'TlsAuthLevel',
  'TlsDomain',
  'TlsCertificateName',
  'OAuthTokenUrl',
  'OAuthClientId',
  'OAuthScope',
];
const INTEGERS: readonly Setting[] = ['Port', 'SmtpMaxMessagesPerConnection'];

/** One setting as its parameter's value. */
function valueOf(settings: Settings, name: Setting): unknown {
  const value = settings[name];
  if (name === 'MaxMessageSize') {
    return sizeText(value as Size);
  }
  if (name === 'ErrorPolicies') return settings.ErrorPolicies.length > 0 ? value : 'Default';
  if (name === 'TlsCipherSuites') return settings.TlsCipherSuites.length > 0 ? value : 'All';
  if (EMPTY_IS_NULL.includes(name) && value === '') return null;
  if (INTEGERS.includes(name) && /^-?\d+$/.test(String(value))) return Number(value);
  return value;
}

/** The parameters of Set-SendConnector for what was changed; empty when nothing was. */
export function changes(
  base: Settings,
  wanted: Settings,
): Partial<Parameters<'Set-SendConnector'>> {
  const mine = settled(wanted);
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(BLANK) as Setting[]) {
    if (name === 'UserName' || name === 'Password') continue;
    if (!same(base[name], mine[name])) given[name] = valueOf(mine, name);
  }
  if (mine.UserName !== base.UserName || mine.Password !== '') {
    given['AuthenticationCredential'] =
      mine.UserName === '' && mine.Password === '' ? null : credential(mine);
  }
  return given;
}

/** The parameters of New-SendConnector; what is as usual for a new connector is left out. */
export function creation(usage: Usage, wanted: Settings): Parameters<'New-SendConnector'> {
  const mine = settled(wanted);
  const { UserName, Password, Name, AddressSpaces, ...rest } = mine;
  const given: Record<string, unknown> = { Name, [usage]: true, AddressSpaces };
  for (const name of Object.keys(rest) as (keyof typeof rest)[]) {
    if (!same(rest[name], BLANK[name])) given[name] = valueOf(mine, name);
  }
  if (usesCredential(rest.SmartHostAuthMechanism))
    given['AuthenticationCredential'] = { UserName, Password };
  return given as Parameters<'New-SendConnector'>;
}

function credential({ UserName, Password }: Settings): { UserName: string; Password: string } {
  return { UserName, Password };
}
