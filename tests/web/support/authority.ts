// An authority that a test makes, by openssl: what it issues, and its own certificate for whoever is to trust it.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Files of a certificate, PEM. */
export interface Issued {
  certificate: string;
  key: string;
}

export class Authority {
  #count = 0;

  /** Its files are in a directory that the test owns. */
  constructor(readonly home: string) {
    const subject = ['-subj', '/O=Trey Research/CN=Trey Research CA', '-days', '3650'];
    openssl('req', '-x509', ...KEY, ...subject, '-keyout', this.#file('ca.key'), '-out', this.certificate);
  }

  /** Its own certificate. */
  get certificate(): string {
    return this.#file('ca.pem');
  }

  /** A certificate with its key for these names. */
  issue(names: readonly string[], days = 365): Issued {
    this.#count += 1;
    const key = this.#file(`${this.#count}.key`);
    const request = this.#file(`${this.#count}.csr`);
    openssl('req', ...KEY, '-subj', `/CN=${names[0]}`, '-keyout', key, '-out', request);
    return { certificate: this.#signed(request, names, days), key };
  }

  /** What it issues for a request (PKCS #10, PEM). */
  answer(request: string, names: readonly string[]): string {
    this.#count += 1;
    const file = this.#file(`${this.#count}.csr`);
    writeFileSync(file, request);
    return this.#signed(file, names, 365);
  }

  /** Certificate, key and chain in one file that a password opens. */
  protect(issued: Issued, password: string): string {
    const file = issued.certificate.replace(/cer$/, 'pfx');
    openssl('pkcs12', '-export', '-in', issued.certificate, '-inkey', issued.key, '-certfile', this.certificate, '-passout', `pass:${password}`, '-out', file);
    return file;
  }

  #signed(request: string, names: readonly string[], days: number): string {
    const extensions = this.#file(`${this.#count}.ext`);
    const alternatives = names.map((name) => `DNS:${name}`).join(',');
    writeFileSync(extensions, `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:false\n`);
    const certificate = this.#file(`${this.#count}.cer`);
    const by = ['-CA', this.certificate, '-CAkey', this.#file('ca.key'), '-set_serial', `${1000 + this.#count}`];
    openssl('x509', '-req', '-in', request, ...by, '-days', `${days}`, '-extfile', extensions, '-out', certificate);
    return certificate;
  }

  #file(name: string): string {
    return join(this.home, name);
  }
}

/** Runs openssl and gives what it prints. */
export function openssl(...parameters: string[]): string {
  return execFileSync('openssl', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What a file of PKCS #12 holds, as PEM: certificates and the key. */
export function opened(file: string, password: string): string {
  return openssl('pkcs12', '-in', file, '-passin', `pass:${password}`, '-nodes');
}

/** A file as the API wants it. */
export function data(file: string): string {
  return readFileSync(file).toString('base64');
}
