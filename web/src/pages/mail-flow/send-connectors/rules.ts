// The rules that are checked at once, without asking the server: what is required, and forms that are
// plainly not numbers, sizes or time spans. Everything else is the server's (WhatIf). Pure: rules name
// texts, the caller translates.
import { secondsOf } from '../../../parts/time-span';
import { showsCertificate, usesCredential, type Setting, type Settings } from './connector';

export type RuleText =
  | 'common.required'
  | `sendConnectors.${'nameTooLong' | 'smartHostsRequired' | 'spacesRequired' | 'serversRequired' | 'notANumber' | 'notASpan' | 'notASize' | 'credentialNeeded'}`;

/** By setting, or by AuthenticationCredential for the password. */
export type Broken = Partial<Record<Setting | 'AuthenticationCredential', RuleText>>;

const NAME_LENGTH = 64;

/** What is broken; `stored` is the user whose password the server has already. */
export function broken(settings: Settings, stored = ''): Broken {
  const found: Broken = {};
  const name = settings.Name.trim();
  if (name === '') found.Name = 'common.required';
  else if ([...name].length > NAME_LENGTH) found.Name = 'sendConnectors.nameTooLong';
  if (!settings.DNSRoutingEnabled) {
    if (settings.SmartHosts.length === 0) found.SmartHosts = 'sendConnectors.smartHostsRequired';
    if (usesCredential(settings.SmartHostAuthMechanism))
      Object.assign(found, brokenCredential(settings, stored));
    if (settings.SmartHostAuthMechanism === 'OAuth2') Object.assign(found, brokenOAuth(settings));
    if (showsCertificate(settings) && settings.TlsCertificateName.trim() === '')
      found.TlsCertificateName = 'common.required';
  }
  if (settings.AddressSpaces.length === 0) found.AddressSpaces = 'sendConnectors.spacesRequired';
  if (settings.SourceTransportServers.length === 0) {
    found.SourceTransportServers = 'sendConnectors.serversRequired';
  }
  for (const number of ['Port', 'SmtpMaxMessagesPerConnection'] as const) {
    if (!/^-?\d{1,10}$/.test(settings[number].trim())) found[number] = 'sendConnectors.notANumber';
  }
  if (secondsOf(settings.ConnectionInactivityTimeOut) === null) {
    found.ConnectionInactivityTimeOut = 'sendConnectors.notASpan';
  }
  const size = settings.MaxMessageSize;
  if (typeof size !== 'number' && size !== 'unlimited')
    found.MaxMessageSize = 'sendConnectors.notASize';
  return found;
}

function brokenOAuth({ OAuthTokenUrl, OAuthClientId }: Settings): Broken {
  return {
    ...(OAuthTokenUrl.trim() === '' && { OAuthTokenUrl: 'common.required' }),
    ...(OAuthClientId.trim() === '' && { OAuthClientId: 'common.required' }),
  };
}

function brokenCredential({ UserName, Password }: Settings, stored: string): Broken {
  if (UserName.trim() === '') return { UserName: 'common.required' };
  if (Password !== '' || (stored !== '' && UserName === stored)) return {};
  return {
    AuthenticationCredential: stored === '' ? 'common.required' : 'sendConnectors.credentialNeeded',
  };
}
