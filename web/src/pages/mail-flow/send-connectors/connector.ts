// A Send connector as the server gives it, its settings as forms hold them, and the way back: the
// parameters of New- and Set-SendConnector. Settings are named like the parameters they become, so that
// messages, differences and the command need no other table. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { DirectoryObject } from '../../../api/outputs';
import { same } from '../../../parts/diff';
import { bytesOf, sizeText, type Size } from '../../../parts/size';

export interface SendConnector extends DirectoryObject {
  AddressSpaces: string[];
  AuthenticationCredential: string | null;
  Comment: string | null;
  ConnectionInactivityTimeOut: string;
  DNSRoutingEnabled: boolean;
  Enabled: boolean;
  Fqdn: string | null;
  FrontendProxyEnabled: boolean;
  IgnoreSTARTTLS: boolean;
  IsScopedConnector: boolean;
  MaxMessageSize: string;
  Port: number;
  ProtocolLoggingLevel: LoggingLevel;
  RequireTLS: boolean;
  SmartHostAuthMechanism: Mechanism;
  SmartHosts: string[];
  SmtpMaxMessagesPerConnection: number;
  SourceTransportServers: string[];
  TlsAuthLevel: Exclude<AuthLevel, ''> | null;
  TlsDomain: string | null;
  UseExternalDNSServersEnabled: boolean;
}

declare module '../../../api/outputs' {
  interface Outputs {
    'Get-SendConnector': SendConnector;
    'New-SendConnector': SendConnector;
  }
}

export const USAGES = ['Custom', 'Internal', 'Internet', 'Partner'] as const;
export type Usage = (typeof USAGES)[number];
export type LoggingLevel = 'None' | 'Verbose';
export type Mechanism =
  'None' | 'BasicAuth' | 'BasicAuthRequireTLS' | 'ExchangeServer' | 'ExternalAuthoritative';
export type AuthLevel = '' | 'EncryptionOnly' | 'CertificateValidation' | 'DomainValidation';

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
  UseExternalDNSServersEnabled: boolean;
  AddressSpaces: string[];
  IsScopedConnector: boolean;
  Fqdn: string;
  SourceTransportServers: string[];
  RequireTLS: boolean;
  TlsAuthLevel: AuthLevel;
  TlsDomain: string;
  IgnoreSTARTTLS: boolean;
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
  UseExternalDNSServersEnabled: false,
  AddressSpaces: [],
  IsScopedConnector: false,
  Fqdn: '',
  SourceTransportServers: [],
  RequireTLS: false,
  TlsAuthLevel: '',
  TlsDomain: '',
  IgnoreSTARTTLS: false,
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
    UseExternalDNSServersEnabled: connector.UseExternalDNSServersEnabled,
    AddressSpaces: connector.AddressSpaces,
    IsScopedConnector: connector.IsScopedConnector,
    Fqdn: connector.Fqdn ?? '',
    SourceTransportServers: connector.SourceTransportServers,
    RequireTLS: connector.RequireTLS,
    TlsAuthLevel: connector.TlsAuthLevel ?? '',
    TlsDomain: connector.TlsDomain ?? '',
    IgnoreSTARTTLS: connector.IgnoreSTARTTLS,
    Port: String(connector.Port),
    ConnectionInactivityTimeOut: connector.ConnectionInactivityTimeOut,
    SmtpMaxMessagesPerConnection: String(connector.SmtpMaxMessagesPerConnection),
  };
}

export function isBasic(mechanism: Mechanism): boolean {
  return mechanism === 'BasicAuth' || mechanism === 'BasicAuthRequireTLS';
}

/** What other choices make moot is taken out: smart hosts with delivery by MX, credentials without Basic. */
export function settled(settings: Settings): Settings {
  const next = { ...settings };
  if (next.DNSRoutingEnabled) {
    next.SmartHosts = [];
    next.SmartHostAuthMechanism = 'None';
  }
  if (!isBasic(next.SmartHostAuthMechanism)) {
    next.UserName = '';
    next.Password = '';
  }
  return next;
}

const EMPTY_IS_NULL: readonly Setting[] = ['Comment', 'Fqdn', 'TlsAuthLevel', 'TlsDomain'];
const INTEGERS: readonly Setting[] = ['Port', 'SmtpMaxMessagesPerConnection'];

/** One setting as its parameter's value. */
function valueOf(settings: Settings, name: Setting): unknown {
  const value = settings[name];
  if (name === 'MaxMessageSize') {
    return sizeText(value as Size);
  }
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
  if (isBasic(rest.SmartHostAuthMechanism))
    given['AuthenticationCredential'] = { UserName, Password };
  return given as Parameters<'New-SendConnector'>;
}

function credential({ UserName, Password }: Settings): { UserName: string; Password: string } {
  return { UserName, Password };
}
