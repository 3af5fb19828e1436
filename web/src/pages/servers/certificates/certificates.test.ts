import { describe, expect, it } from 'vitest';
import {
  BLANK,
  connectorNames,
  creation,
  enabling,
  expiryOf,
  fileName,
  namesOf,
  servicesOf,
  titleOf,
  tlsaName,
  type Certificate,
} from './certificate';
import { reasonFor, warningOf } from './reasons';

const NOW = Date.parse('2027-01-10T12:00:00Z');

const certificate = (over: Partial<Certificate> = {}) =>
  ({
    Identity: 'MBX01\\AB12',
    Thumbprint: 'AB12',
    CertificateDomains: ['mail.contoso.com', 'contoso.com'],
    HasPrivateKey: true,
    Issuer: 'CN=Our CA',
    Subject: 'CN=mail.contoso.com',
    Services: 'None',
    Status: 'Valid',
    NotAfter: '2027-06-01T00:00:00.000Z',
    ...over,
  }) as Certificate;

describe('a certificate', () => {
  it('is called by its first name, else by its subject', () => {
    expect(titleOf(certificate())).toBe('mail.contoso.com');
    expect(titleOf(certificate({ CertificateDomains: [] }))).toBe('CN=mail.contoso.com');
    expect(titleOf(certificate({ CertificateDomains: [], Subject: '' }))).toBe('AB12');
  });

  it('gives its name to files', () => {
    const named = (name: string) => fileName(certificate({ CertificateDomains: [name] }), 'pfx');
    expect(named('mail.contoso.com')).toBe('mail.contoso.com.pfx');
    expect(named('*.contoso.com')).toBe('wildcard.contoso.com.pfx');
    expect(named('../..\\x')).toBe('x.pfx');
    expect(named('///')).toBe('AB12.pfx');
  });

  it('knows its services in their order', () => {
    expect(servicesOf({ Services: 'IIS, SMTP' })).toEqual(['SMTP', 'IIS']);
    expect(servicesOf({ Services: 'None' })).toEqual([]);
  });

  it('asks to be renewed thirty days before its end', () => {
    const at = (NotAfter: string | null, Status = 'Valid') => expiryOf({ NotAfter, Status }, NOW);
    expect(at('2027-02-09T12:00:00Z')).toEqual({ kind: 'later', days: 30 });
    expect(at('2027-02-09T11:59:59Z')).toEqual({ kind: 'soon', days: 29 });
    expect(at('2027-01-10T13:00:00Z')).toEqual({ kind: 'soon', days: 0 });
    expect(at('2027-01-10T12:00:00Z')?.kind).toBe('past');
    expect(at('2027-02-09T12:00:00Z', 'PendingRequest')).toBeNull();
    expect(at(null)).toBeNull();
  });

  it('is offered to connectors once, with its key', () => {
    const names = connectorNames([
      certificate(),
      certificate({ Identity: 'MBX02\\AB12' }),
      certificate({ Subject: 'CN=asked', Status: 'PendingRequest' }),
      certificate({ Subject: 'CN=no key', HasPrivateKey: false }),
    ]);
    expect(names).toEqual(['<I>CN=Our CA<S>CN=mail.contoso.com']);
  });

  it('is published for a name that is a host', () => {
    expect(tlsaName(certificate())).toBe('_25._tcp.mail.contoso.com');
    expect(tlsaName(certificate({ CertificateDomains: ['*.a.test', 'b.test'] }))).toBe(
      '_25._tcp.b.test',
    );
    expect(tlsaName(certificate({ CertificateDomains: ['*.a.test'] }))).toBeUndefined();
  });
});

describe('commands', () => {
  it('to make one leave out what is as usual', () => {
    expect(namesOf(' a.test, b.test\n\n*.c.test;')).toEqual(['a.test', 'b.test', '*.c.test']);
    expect(creation(BLANK)).toEqual({});
    expect(creation({ ...BLANK, Services: [] })).toEqual({ Services: ['None'] });
    expect(
      creation({
        kind: 'request',
        DomainName: 'mail.contoso.com',
        IncludeAcceptedDomains: true,
        FriendlyName: ' Mail ',
        SubjectName: 'CN=mail.contoso.com, C=FR',
        KeySize: '4096',
        PrivateKeyExportable: true,
        Services: [],
        Server: 'MBX02',
      }),
    ).toEqual({
      GenerateRequest: true,
      DomainName: ['mail.contoso.com'],
      IncludeAcceptedDomains: true,
      FriendlyName: 'Mail',
      SubjectName: 'CN=mail.contoso.com, C=FR',
      KeySize: 4096,
      PrivateKeyExportable: true,
      Server: 'MBX02',
    });
  });

  it('add services, and take them back all at once', () => {
    const Identity = 'MBX01\\AB12';
    const from = (Services: string, ...wanted: ('SMTP' | 'IIS')[]) =>
      enabling(certificate({ Services }), wanted).map((command) => {
        expect(command.Identity).toBe(Identity);
        return command.Services;
      });
    expect(from('None')).toEqual([]);
    expect(from('IIS, SMTP', 'SMTP', 'IIS')).toEqual([]);
    expect(from('SMTP', 'SMTP', 'IIS')).toEqual([['IIS']]);
    expect(from('IIS, SMTP')).toEqual([['None']]);
    expect(from('IIS, SMTP', 'SMTP')).toEqual([['None'], ['SMTP']]);
    expect(from('IIS', 'SMTP')).toEqual([['None'], ['SMTP']]);
  });
});

it('reasons and warnings are known by the server’s texts', () => {
  expect(reasonFor('The file cannot be imported: it cannot be opened with this password.')).toEqual(
    { id: 'password', value: '' },
  );
  expect(reasonFor('The file cannot be imported: it is larger than 262144 bytes.')).toEqual({
    id: 'tooLarge',
    value: '262144',
  });
  expect(
    reasonFor('The certificate AB is the one that TlsCertificateName of "Out" names.'),
  ).toEqual({ id: 'named', value: 'Out' });
  expect(reasonFor('Parameter \'DomainName\': "a b" is not a name of a server.')).toEqual({
    id: 'domain',
    value: 'a b',
  });
  expect(reasonFor('something else')).toBeNull();
  expect(warningOf('The certificate AB is not of an authority that is trusted here: …')).toBe(
    'untrusted',
  );
  expect(warningOf('The file has no private key, and no request …')).toBe('noKey');
  expect(warningOf('something else')).toBeUndefined();
});
