// How the pages are served: behind the path of a reverse proxy, small, and from nowhere else.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures.ts';
import { ADMINISTRATOR, PASSWORD, type Relais } from '../support/relais.ts';
import { openConnectors, row } from '../support/wizard.ts';

const PREFIX = '/mail/relais';

/** A reverse proxy as administrators write them: a path of its own, which it takes off. */
async function proxied(relais: Relais): Promise<{ url: string; stop: () => void }> {
  const home = mkdtempSync(join(tmpdir(), 'relais-proxy-'));
  const [key, cert] = [join(home, 'key.pem'), join(home, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=proxy.test'], { stdio: 'ignore' });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(home, { recursive: true });
  const server = https.createServer(tls, (request, response) => {
    if (!request.url?.startsWith(`${PREFIX}/`)) {
      response.writeHead(404).end();
      return;
    }
    const target = new URL(request.url.slice(PREFIX.length), relais.url);
    const options = { method: request.method, headers: { ...request.headers, host: target.host }, rejectUnauthorized: false };
    const onward = https.request(target, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}${PREFIX}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('it works behind a path of a reverse proxy', async ({ person, relais }) => {
  await relais.run('New-SendConnector', { Name: 'Behind', Internet: true, AddressSpaces: ['*'] });
  const proxy = await proxied(relais);
  try {
    await person.page.goto(`${proxy.url}ecp/`);
    await person.page.locator('input[autocomplete=username]').fill(ADMINISTRATOR);
    await person.page.locator('input[type=password]').fill(PASSWORD);
    await person.button('signIn').click();
    await openConnectors(person);
    await expect(row(person, 'Behind')).toBeVisible();
    await row(person, 'Behind').click();
    await person.button('disable').click();
    await expect(row(person, 'Behind')).toContainText(person.say('disabled'));
    expect(new URL(person.page.url()).pathname).toBe(`${PREFIX}/`);
  } finally {
    proxy.stop();
  }
});

test('the first download is small, and nothing comes from elsewhere', async ({ person, relais }) => {
  const { page } = person;
  const elsewhere: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(relais.url) && !request.url().startsWith('data:')) {
      elsewhere.push(request.url());
    }
  });
  page.on('requestfinished', (request) => sizes.push(request.sizes().then((each) => each.responseBodySize)));
  await person.signIn();
  await page.getByRole('link', { name: 'Mail flow' }).waitFor();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  const bytes = (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
  console.log(`first download: ${(bytes / 1000).toFixed(0)} kB compressed`);
  expect(elsewhere).toEqual([]);
  expect(bytes).toBeLessThan(250_000);
});
