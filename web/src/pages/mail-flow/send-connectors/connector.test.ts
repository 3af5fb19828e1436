import { describe, expect, it } from 'vitest';
import { isCost, lowestCost, spaceOf, spaceText } from './address-space';
import {
  BLANK,
  changes,
  creation,
  settingsOf,
  type SendConnector,
  type Settings,
  usageOf,
} from './connector';
import { broken } from './rules';
import { PARAMETERS, soFar, steps, withUsage, withoutUnseen } from './steps';
import { tabOf } from './EditTabs';

const seed: Settings = {
  ...BLANK,
  Name: 'Contoso.com Send Connector',
  AddressSpaces: ['SMTP:*;1'],
  SourceTransportServers: ['MBX01'],
};
const relay: Settings = {
  ...seed,
  DNSRoutingEnabled: false,
  SmartHosts: ['192.168.100.1'],
  SmartHostAuthMechanism: 'BasicAuthRequireTLS',
  UserName: 'relay',
  Password: 'secret',
};

describe('creation', () => {
  it('gives only what is not as usual', () => {
    expect(creation('Internet', seed)).toEqual({
      Name: 'Contoso.com Send Connector',
      Internet: true,
      AddressSpaces: ['SMTP:*;1'],
      SourceTransportServers: ['MBX01'],
    });
  });

  it('gives smart hosts with their credential', () => {
    expect(creation('Custom', relay)).toMatchObject({
      DNSRoutingEnabled: false,
      SmartHosts: ['192.168.100.1'],
      SmartHostAuthMechanism: 'BasicAuthRequireTLS',
      AuthenticationCredential: { UserName: 'relay', Password: 'secret' },
    });
  });

  it('forgets smart hosts when delivery is by MX after all', () => {
    const given = creation('Custom', { ...relay, DNSRoutingEnabled: true });
    expect(Object.keys(given)).toEqual([
      'Name',
      'Custom',
      'AddressSpaces',
      'SourceTransportServers',
    ]);
  });
});

describe('signing in with a certificate', () => {
  const byCertificate: Settings = {
    ...relay,
    SmartHostAuthMechanism: 'ClientCertificate',
    UserName: '',
    Password: '',
  };
  const named = { ...byCertificate, TlsCertificateName: '<I>CN=Our CA<S>CN=contoso.com' };

  it('wants its name on the page where it is chosen', () => {
    expect(broken(byCertificate)).toEqual({ TlsCertificateName: 'common.required' });
    expect(broken(named)).toEqual({});
    expect(PARAMETERS.authentication).toContain('TlsCertificateName');
    expect(soFar('Custom', named, 'authentication')).toMatchObject({
      SmartHostAuthMechanism: 'ClientCertificate',
      TlsCertificateName: '<I>CN=Our CA<S>CN=contoso.com',
    });
  });

  it('leaves no name behind when something else is chosen', () => {
    expect(withoutUnseen(named, BLANK)).toEqual(named);
    const other: Settings = { ...named, SmartHostAuthMechanism: 'None' };
    expect(creation('Custom', withoutUnseen(other, BLANK))).not.toHaveProperty(
      'TlsCertificateName',
    );
    expect(withoutUnseen({ ...named, DNSRoutingEnabled: true }, BLANK).TlsCertificateName).toBe('');
    expect(withoutUnseen(other, named).TlsCertificateName).toBe(named.TlsCertificateName);
  });

  it('what is refused of it is shown where its field is seen', () => {
    expect(tabOf('TlsCertificateName', named)).toBe('delivery');
    expect(tabOf('TlsCertificateName', seed)).toBe('advanced');
    expect(tabOf('Fqdn', seed)).toBe('scoping');
  });
});

it('an address may name the type of a new connector', () => {
  expect(usageOf('internet')).toBe('Internet');
  expect(usageOf('1')).toBeUndefined();
  expect(usageOf(undefined)).toBeUndefined();
});

describe('changes', () => {
  it('gives nothing when nothing was changed', () => {
    expect(changes(seed, { ...seed })).toEqual({});
    expect(changes({ ...relay, Password: '' }, { ...relay, Password: '' })).toEqual({});
  });

  it('gives cipher suites, of which none is All', () => {
    const given = (TlsCipherSuites: string) =>
      settingsOf({
        ...BLANK,
        Port: 25,
        ErrorPolicies: 'Default',
        TlsCipherSuites,
      } as unknown as SendConnector).TlsCipherSuites;
    expect(given('All')).toEqual([]);
    const both = given('TLS_CHACHA20_POLY1305_SHA256, TLS_AES_256_GCM_SHA384');
    expect(both).toEqual(['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']);
    const narrow = { ...seed, TlsMinimumVersion: 'Tls13' as const, TlsCipherSuites: both };
    expect(changes(seed, narrow)).toEqual({ TlsMinimumVersion: 'Tls13', TlsCipherSuites: both });
    expect(changes(narrow, { ...narrow, TlsCipherSuites: [] })).toEqual({ TlsCipherSuites: 'All' });
  });

  it('gives error policies, of which none is Default', () => {
    const given = (ErrorPolicies: string) =>
      settingsOf({
        ...BLANK,
        Port: 25,
        TlsCipherSuites: 'All',
        ErrorPolicies,
      } as unknown as SendConnector).ErrorPolicies;
    expect(given('Default')).toEqual([]);
    const both = given('UpgradeCustomFailures, DowngradeDnsFailures');
    expect(both).toEqual(['DowngradeDnsFailures', 'UpgradeCustomFailures']);
    expect(changes(seed, { ...seed, ErrorPolicies: both })).toEqual({ ErrorPolicies: both });
    expect(changes({ ...seed, ErrorPolicies: both }, seed)).toEqual({ ErrorPolicies: 'Default' });
    const secured = { ...seed, ForceHELO: true, TlsCertificateName: '<I>CN=CA<S>CN=a' };
    expect(changes(seed, secured)).toEqual({
      ForceHELO: true,
      TlsCertificateName: '<I>CN=CA<S>CN=a',
    });
    expect(changes(secured, { ...secured, TlsCertificateName: '' })).toEqual({
      TlsCertificateName: null,
    });
  });

  it('gives texts as the cmdlet takes them', () => {
    const mine: Settings = {
      ...seed,
      Port: '10025',
      MaxMessageSize: 12 * 1024 ** 2,
      ConnectionInactivityTimeOut: '00:20:00',
      TlsAuthLevel: 'DomainValidation',
    };
    expect(changes(seed, mine)).toEqual({
      Port: 10_025,
      MaxMessageSize: '12MB',
      ConnectionInactivityTimeOut: '00:20:00',
      TlsAuthLevel: 'DomainValidation',
    });
    expect(changes(mine, seed)).toMatchObject({ TlsAuthLevel: null, MaxMessageSize: '25MB' });
  });

  it('gives what belongs to OAuth2 with it, and takes it away', () => {
    const oauth: Settings = {
      ...relay,
      SmartHostAuthMechanism: 'OAuth2',
      OAuthTokenUrl: 'https://login.example.com/token',
      OAuthClientId: 'relais',
      OAuthClientSecret: 'of no use',
    };
    const given = creation('Custom', oauth);
    expect(given).toMatchObject({
      SmartHostAuthMechanism: 'OAuth2',
      OAuthTokenUrl: 'https://login.example.com/token',
      AuthenticationCredential: { UserName: 'relay', Password: 'secret' },
    });
    expect(given).not.toHaveProperty('OAuthClientSecret');
    expect(creation('Custom', { ...oauth, OAuthGrantType: 'RefreshToken' }).OAuthClientSecret).toBe(
      'of no use',
    );
    expect(
      changes(
        { ...oauth, OAuthClientSecret: '' },
        { ...oauth, Password: '', SmartHostAuthMechanism: 'BasicAuth' },
      ),
    ).toEqual({
      SmartHostAuthMechanism: 'BasicAuth',
      OAuthTokenUrl: null,
      OAuthClientId: null,
    });
    expect(broken({ ...oauth, OAuthTokenUrl: '', OAuthClientId: ' ' })).toEqual({
      OAuthTokenUrl: 'common.required',
      OAuthClientId: 'common.required',
    });
  });

  it('takes everything of smart hosts away together', () => {
    expect(changes({ ...relay, Password: '' }, { ...relay, DNSRoutingEnabled: true })).toEqual({
      DNSRoutingEnabled: true,
      SmartHosts: [],
      SmartHostAuthMechanism: 'None',
      AuthenticationCredential: null,
    });
  });
});

describe('broken', () => {
  it('finds what is required', () => {
    expect(broken(seed)).toEqual({});
    expect(Object.keys(broken({ ...BLANK, DNSRoutingEnabled: false }))).toEqual([
      'Name',
      'SmartHosts',
      'AddressSpaces',
      'SourceTransportServers',
    ]);
    expect(broken({ ...seed, Name: 'x'.repeat(65) }).Name).toBe('sendConnectors.nameTooLong');
  });

  it('wants a password unless the stored one stays', () => {
    const silent = { ...relay, Password: '' };
    expect(broken(silent)).toEqual({ AuthenticationCredential: 'common.required' });
    expect(broken(silent, 'relay')).toEqual({});
    expect(broken(silent, 'other')).toEqual({
      AuthenticationCredential: 'sendConnectors.credentialNeeded',
    });
  });

  it('finds what is no number, size or span', () => {
    const odd = { ...seed, Port: 'x', MaxMessageSize: 'big', ConnectionInactivityTimeOut: '' };
    expect(Object.keys(broken(odd))).toEqual([
      'Port',
      'ConnectionInactivityTimeOut',
      'MaxMessageSize',
    ]);
  });
});

describe('steps', () => {
  it('are the documented pages', () => {
    expect(steps(withUsage(BLANK, 'Internet'))).toHaveLength(4);
    expect(steps(withUsage(BLANK, 'Internal'))).toContain('authentication');
    expect(steps(withUsage(relay, 'Partner'))).not.toContain('authentication');
  });

  it('ask only about what has been reached', () => {
    const name = soFar('Internal', withUsage({ ...BLANK, Name: 'x' }, 'Internal'), 'identity');
    expect(name).toEqual({ Name: 'x', Internal: true, AddressSpaces: ['*'] });
    const hosts = soFar('Custom', { ...relay, Password: '' }, 'authentication');
    expect(hosts).toMatchObject({ SmartHosts: ['192.168.100.1'], AddressSpaces: ['*'] });
    expect(hosts).not.toHaveProperty('SmartHostAuthMechanism');
  });
});

describe('address spaces', () => {
  it.each([
    ['*', { type: 'SMTP', domain: '*', cost: '1' }],
    ['SMTP:*.contoso.com;10', { type: 'SMTP', domain: '*.contoso.com', cost: '10' }],
    ['X400:o=MySite;p=MyOrg;c=us;7', { type: 'X400', domain: 'o=MySite;p=MyOrg;c=us', cost: '7' }],
  ])('are read: %s', (text, space) => {
    expect(spaceOf(text)).toEqual(space);
  });

  it('are written and counted', () => {
    expect(spaceText({ type: 'smtp', domain: ' a.test ', cost: '2' })).toBe('SMTP:a.test;2');
    expect(lowestCost(['SMTP:a.test;20', 'SMTP:b.test;3'])).toBe(3);
    expect(lowestCost([])).toBeNull();
    expect(['1', '100', ' 7 '].every(isCost)).toBe(true);
    expect(['0', '101', '1.5', '', 'x'].some(isCost)).toBe(false);
  });
});
