// The pages of the wizard: which ones a type sees, which settings stand on which page, and the command
// that judges what has been filled in so far. What later pages will fill has a harmless stand-in, so
// that the server can already judge the rest. Pure.
import type { Parameters } from '../../../api/cmdlets';
import {
  creation,
  settled,
  showsCertificate,
  usesCredential,
  type Settings,
  type Usage,
} from './connector';

export type Step = 'identity' | 'network' | 'authentication' | 'addressSpace' | 'sourceServer';

/** The parameters (and settings) whose messages a page shows. */
export const PARAMETERS: Readonly<Record<Step, readonly string[]>> = {
  identity: ['Name', 'Usage'],
  network: ['DNSRoutingEnabled', 'SmartHosts', 'UseExternalDNSServersEnabled'],
  authentication: [
    'SmartHostAuthMechanism',
    'AuthenticationCredential',
    'UserName',
    'OAuthTokenUrl',
    'OAuthClientId',
    'OAuthScope',
    'OAuthGrantType',
    'OAuthClientSecret',
    'TlsCertificateName',
  ],
  addressSpace: ['AddressSpaces', 'IsScopedConnector'],
  sourceServer: ['SourceTransportServers'],
};

/** The pages there are. */
export function steps(settings: Settings): Step[] {
  return settings.DNSRoutingEnabled
    ? ['identity', 'network', 'addressSpace', 'sourceServer']
    : ['identity', 'network', 'authentication', 'addressSpace', 'sourceServer'];
}

/** What a type leaves to choose on the network page. */
export function only(usage: Usage): 'mx' | 'hosts' | undefined {
  return usage === 'Internal' ? 'hosts' : usage === 'Partner' ? 'mx' : undefined;
}

/** The settings with what another type demands. */
export function withUsage(settings: Settings, usage: Usage): Settings {
  const demanded = only(usage);
  if (demanded === undefined) return settings;
  return { ...settings, DNSRoutingEnabled: demanded === 'mx' };
}

/** The settings without what was typed for signing in by certificate and is no longer seen; what a copy began
 *  with stays. */
export function withoutUnseen(settings: Settings, start: Settings): Settings {
  if (showsCertificate(settings)) return settings;
  return { ...settings, TlsCertificateName: start.TlsCertificateName };
}

/** The command for what is there on the pages up to this one. */
export function soFar(
  usage: Usage,
  settings: Settings,
  step: Step,
): Parameters<'New-SendConnector'> {
  const there = { ...settings };
  const order = steps(settings);
  const reached = (other: Step) =>
    order.indexOf(other) <= order.indexOf(step) && order.includes(other);
  if (!reached('network') || settings.SmartHosts.length === 0) {
    there.DNSRoutingEnabled = true;
  }
  const mechanism = settings.SmartHostAuthMechanism;
  const named = settings.OAuthTokenUrl !== '' && settings.OAuthClientId !== '';
  const complete =
    mechanism === 'ClientCertificate'
      ? settings.TlsCertificateName !== ''
      : !usesCredential(mechanism) ||
        (settings.UserName !== '' && settings.Password !== '' && (mechanism !== 'OAuth2' || named));
  if (!reached('authentication') || !complete) {
    there.SmartHostAuthMechanism = 'None';
  }
  if (!reached('addressSpace') || settings.AddressSpaces.length === 0) there.AddressSpaces = ['*'];
  if (!reached('sourceServer')) there.SourceTransportServers = [];
  return creation(usage, settled(there));
}
