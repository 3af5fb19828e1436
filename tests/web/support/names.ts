// Name servers that know the TXT records a test gives them and nothing else: what a domain has published,
// as `-ExternalDNSServers` asks for it. Over UDP, one question a packet.
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

import type { Relais } from './relais.ts';

const TXT = 16;
const AUTHORITATIVE = 0x8400;
const NO_SUCH_DOMAIN = 3;

export class Names {
  readonly #records = new Map<string, string>();
  readonly #socket: Socket = createSocket('udp4');

  /** Listens, and has the server ask here. */
  async serve(relais: Relais, server: string): Promise<void> {
    this.#socket.on('message', (question, { address, port }) => this.#socket.send(this.#answer(question), port, address));
    await new Promise<void>((done) => this.#socket.bind(0, '127.0.0.1', done));
    // A test that fails leaves it open.
    this.#socket.unref();
    const { port } = this.#socket.address() as AddressInfo;
    await relais.run('Set-TransportService', {
      Identity: server,
      ExternalDNSAdapterEnabled: false,
      ExternalDNSServers: [`127.0.0.1:${port}`],
    });
  }

  /** A text of at most 510 bytes. */
  publish(name: string, text: string): void {
    this.#records.set(name.toLowerCase(), text);
  }

  close(): void {
    this.#socket.close();
  }

  #answer(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
      labels.push(question.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const asked = question.subarray(12, at + 5);
    const text = question.readUInt16BE(at + 1) === TXT ? this.#records.get(labels.join('.').toLowerCase()) : undefined;
    const header = Buffer.alloc(12);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(AUTHORITATIVE | (text === undefined ? NO_SUCH_DOMAIN : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(text === undefined ? 0 : 1, 6);
    return Buffer.concat([header, asked, ...(text === undefined ? [] : [record(text)])]);
  }
}

/** The record behind a question: its name points there, it may be kept for no time. */
function record(text: string): Buffer {
  const strings = [...text.matchAll(/[^]{1,255}/g)].map(([part]) => Buffer.from([part.length, ...Buffer.from(part, 'latin1')]));
  const data = Buffer.concat(strings);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(TXT, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
