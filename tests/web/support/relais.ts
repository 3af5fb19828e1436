// The program under test: a real `relais serve --sandbox` with a data directory and a loopback address
// of its own, and its API for what a test prepares or looks up behind the page's back.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ADMINISTRATOR = 'Administrator';
export const PASSWORD = "an administrator's Secret 1";
export const SERVER = 'MBX01';

export type Row = Record<string, unknown>;
export type Answer = { status: number; body: string };

const PROGRAM = process.env.RELAIS_BINARY ?? fileURLToPath(new URL('../../../target/debug/relais', import.meta.url));

let last = 0;

/** A loopback address that no other test uses: from the worker's process number and a counter. */
function address(): string {
  last += 1;
  return `127.${3 + ((process.pid >> 8) % 240)}.${process.pid % 256}.${last % 255}`;
}

export class Relais {
  readonly home = mkdtempSync(join(tmpdir(), 'relais-web-'));
  readonly address = address();
  #process?: ChildProcess;

  get url(): string {
    return `https://${this.address}:10443/`;
  }

  /** Starts it and waits until it says that it is ready. */
  async start(more = ''): Promise<void> {
    const at = (port: number) => `"${this.address}:${port}"`;
    const toml = [
      'domain = "contoso.com"',
      'server = "MBX01"',
      'organization = "Contoso"',
      more,
      '[listen]',
      `default_frontend = [${at(10024)}]`,
      `client_frontend = [${at(10587)}]`,
      `client_frontend_implicit_tls = [${at(10465)}]`,
      `outbound_proxy = [${at(10717)}]`,
      `server_to_server = [${at(12525)}]`,
      `sandbox_relay = [${at(10025)}]`,
      `admin = ${at(10443)}`,
    ];
    writeFileSync(join(this.home, 'relais.toml'), `${toml.join('\n')}\n`);
    const log = openSync(join(this.home, 'log'), 'a');
    const options = ['serve', '--sandbox', '--config', join(this.home, 'relais.toml'), '--data', join(this.home, 'data')];
    const child = spawn(PROGRAM, options, {
      env: { ...process.env, RELAIS_ADMIN_PASSWORD: PASSWORD, RELAIS_SANDBOX_PASSWORD: 'le Secret de Jean 2' },
      stdio: ['ignore', 'pipe', log],
    });
    this.#process = child;
    const lines = createInterface({ input: child.stdout! });
    for await (const line of lines) {
      if (line.trim() === 'ready') {
        child.stdout!.resume();
        return;
      }
    }
    throw new Error(`relais did not start:\n${this.log()}`);
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null) {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.home, { recursive: true, force: true });
  }

  log(): string {
    return readFileSync(join(this.home, 'log'), 'utf8');
  }

  /** A request outside of the browser. */
  request(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
    return new Promise((done, failed) => {
      const options = { method, headers, rejectUnauthorized: false };
      const request = https.request(new URL(path, this.url), options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () => done({ status: response.statusCode ?? 0, body: text }));
      });
      request.on('error', failed);
      request.end(body);
    });
  }

  /** Runs a cmdlet as an administrator, or as somebody else; a refusal is an error. */
  async run(cmdlet: string, parameters: Row = {}, user = ADMINISTRATOR, password = PASSWORD): Promise<Row[]> {
    const headers = {
      Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'Content-Type': 'application/json',
    };
    const answer = await this.request('POST', `api/v1/cmdlets/${cmdlet}`, headers, JSON.stringify(parameters));
    if (answer.status !== 200) {
      throw new Error(`${cmdlet}: ${answer.status} ${answer.body}`);
    }
    return JSON.parse(answer.body) as Row[];
  }

  /** Runs a command line in the management shell. */
  shell(command: string): Promise<string> {
    const env = { ...process.env, RELAIS_SERVER: this.url, RELAIS_USER: ADMINISTRATOR, RELAIS_PASSWORD: PASSWORD };
    const options = ['shell', '--data', join(this.home, 'data'), '-c', command];
    return new Promise((done, failed) => {
      execFile(PROGRAM, options, { env }, (error, stdout, stderr) => {
        error ? failed(new Error(`${error.message}\n${stdout}${stderr}`)) : done(stdout);
      });
    });
  }

  /** What the hosts of the pretend Internet have taken. */
  async received(): Promise<Row[]> {
    return JSON.parse((await this.request('GET', 'sandbox/api/messages')).body) as Row[];
  }
}
