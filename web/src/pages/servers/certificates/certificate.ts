// A certificate as the server gives it, what the page says of it, and the parameters of New- and
// Enable-ExchangeCertificate. What a form holds is named like the parameters it becomes. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { Described } from '../../../api/outputs';

export type Certificate = Described['ExchangeCertificate'];

export const SERVICES = ['SMTP', 'IIS'] as const;
export type Service = (typeof SERVICES)[number];
export const KEY_SIZES = ['2048', '4096'] as const;

/** Days before its end from which a certificate asks to be renewed. */
export const SOON = 30;
const DAY = 86_400_000;

/** What is asked for a new one. */
export interface Wanted {
  kind: 'selfSigned' | 'request';
  /** Names as typed: one a line, or with commas or spaces between them. */
  DomainName: string;
  IncludeAcceptedDomains: boolean;
  FriendlyName: string;
  SubjectName: string;
  KeySize: string;
  PrivateKeyExportable: boolean;
  Services: readonly Service[];
  /** Empty is the server that is asked. */
  Server: string;
}

export const BLANK: Wanted = {
  kind: 'selfSigned',
  DomainName: '',
  IncludeAcceptedDomains: false,
  FriendlyName: '',
  SubjectName: '',
  KeySize: '2048',
  PrivateKeyExportable: false,
  Services: ['SMTP'],
  Server: '',
};

export function isRequest({ Status }: Pick<Certificate, 'Status'>): boolean {
  return Status === 'PendingRequest';
}

/** What people call it: the first of its names, or what its subject says. */
export function titleOf({ CertificateDomains, Subject, Thumbprint }: Certificate): string {
  return CertificateDomains[0] ?? (Subject || Thumbprint);
}

export function servicesOf({ Services }: Pick<Certificate, 'Services'>): Service[] {
  const words = Services.split(',').map((word) => word.trim());
  return SERVICES.filter((service) => words.includes(service));
}

/** How its end stands; null where it has none, since it is only asked for. */
export type Expiry = { kind: 'past' | 'soon' | 'later'; days: number } | null;

export function expiryOf(
  certificate: Pick<Certificate, 'Status' | 'NotAfter'>,
  now: number,
): Expiry {
  const end = Date.parse(certificate.NotAfter ?? '');
  if (isRequest(certificate) || Number.isNaN(end)) return null;
  const days = Math.floor((end - now) / DAY);
  return { kind: end <= now ? 'past' : days < SOON ? 'soon' : 'later', days };
}

/** As TlsCertificateName of a connector names it. */
export function connectorName({
  Issuer,
  Subject,
}: Pick<Certificate, 'Issuer' | 'Subject'>): string {
  return `<I>${Issuer}<S>${Subject}`;
}

/** The names that a connector may show a certificate by: those that are here with their key, once each. */
export function connectorNames(certificates: readonly Certificate[]): string[] {
  const usable = certificates.filter((one) => one.HasPrivateKey && !isRequest(one));
  return [...new Set(usable.map(connectorName))];
}

/** Where a host that hands mail in looks for the TLSA record; undefined for a certificate without such a name. */
export function tlsaName({ CertificateDomains }: Certificate): string | undefined {
  const name = CertificateDomains.find((one) => !one.startsWith('*'));
  return name === undefined ? undefined : `_25._tcp.${name}`;
}

/** A name for a file about it. */
export function fileName(certificate: Certificate, extension: string): string {
  const base = titleOf(certificate)
    .replace(/^\*\./, 'wildcard.')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')
    .replaceAll(/^[._]+|[._]+$/g, '');
  return `${base || certificate.Thumbprint}.${extension}`;
}

export function namesOf(typed: string): string[] {
  return typed.split(/[\s,;]+/).filter((name) => name !== '');
}

/** The parameters of New-ExchangeCertificate; what is as usual is left out. */
export function creation(wanted: Wanted): Parameters<'New-ExchangeCertificate'> {
  const names = namesOf(wanted.DomainName);
  const asks = wanted.kind === 'request';
  const isUsual = wanted.Services.join() === BLANK.Services.join();
  const text = (name: 'FriendlyName' | 'SubjectName' | 'Server') => {
    const typed = wanted[name].trim();
    return typed === '' ? {} : { [name]: typed };
  };
  return {
    ...(asks ? { GenerateRequest: true } : {}),
    ...(names.length > 0 ? { DomainName: names } : {}),
    ...(wanted.IncludeAcceptedDomains ? { IncludeAcceptedDomains: true } : {}),
    ...text('FriendlyName'),
    ...text('SubjectName'),
    ...(wanted.KeySize === BLANK.KeySize ? {} : { KeySize: Number(wanted.KeySize) }),
    ...(wanted.PrivateKeyExportable ? { PrivateKeyExportable: true } : {}),
    ...(asks || isUsual ? {} : { Services: listOf(wanted.Services) }),
    ...text('Server'),
  };
}

function listOf(services: readonly Service[]): (Service | 'None')[] {
  return services.length > 0 ? [...services] : ['None'];
}

/**
 * The commands that lead from the services a certificate is shown for to those that are wanted: the server
 * adds, or takes all back.
 */
export function enabling(
  certificate: Certificate,
  wanted: readonly Service[],
): Parameters<'Enable-ExchangeCertificate'>[] {
  const present = servicesOf(certificate);
  const added = SERVICES.filter((one) => wanted.includes(one) && !present.includes(one));
  const Identity = certificate.Identity;
  if (present.every((one) => wanted.includes(one))) {
    return added.length > 0 ? [{ Identity, Services: added }] : [];
  }
  const kept = SERVICES.filter((one) => wanted.includes(one));
  return [
    { Identity, Services: ['None'] },
    ...(kept.length > 0 ? [{ Identity, Services: kept }] : []),
  ];
}
