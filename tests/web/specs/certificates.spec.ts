// Certificates by mouse and keyboard: imported, shown, given out, asked for, deleted; what is refused, and where
// it is said. The authority is the test's own; what was done is looked at by the API and by connecting.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';

import { Authority, data, opened, openssl } from '../support/authority.ts';
import { expect, test as base, type Person } from '../support/fixtures.ts';
import { Relais, type Row } from '../support/relais.ts';
import { edit, row } from '../support/wizard.ts';

const PAGE = '#/servers/certificates';
const NAME = 'mail.contoso.com';
const SECRET = 'opens the file 5';

/** Every server here trusts an authority of its own. */
const test = base.extend<{ authority: Authority }>({
  authority: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'relais-authority-'));
    await use(new Authority(home));
    rmSync(home, { recursive: true });
  },
  relais: async ({ authority }, use) => {
    const relais = new Relais();
    await relais.start(`[tls]\ntrusted_ca_files = ["${authority.certificate}"]`);
    await use(relais);
    await relais.stop();
  },
});

async function certificates(person: Person): Promise<Row[]> {
  return person.relais.run('Get-ExchangeCertificate');
}

async function choose(dialog: Locator, file: string): Promise<void> {
  await dialog.locator('input[type=file]').setInputFiles(file);
}

/** Opens the dialog and chooses a file. */
async function begin(person: Person, file: string): Promise<Locator> {
  await person.button('import').first().click();
  const dialog = person.dialog('importTitle');
  await choose(dialog, file);
  return dialog;
}

/** The certificate that whoever hands mail in is shown, PEM. */
function shownBy(relais: Relais): Promise<string> {
  const parameters = ['s_client', '-connect', `${relais.address}:10024`, '-starttls', 'smtp', '-servername', NAME];
  return new Promise((done) => {
    const child = execFile('openssl', parameters, { timeout: 20_000 }, (_, stdout) => {
      done(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(stdout)?.[0] ?? '');
    });
    child.stdin?.end('QUIT\r\n');
  });
}

for (const language of ['en', 'fr'] as const) {
  test.describe(language, () => {
    test.use({ language, permissions: ['clipboard-read', 'clipboard-write'] });

    test('one is imported, shown, given out and deleted', async ({ person, relais, authority }) => {
      const { page } = person;
      const issued = authority.issue([NAME, 'contoso.com']);
      await person.signIn();
      await page.getByRole('link', { name: person.say('servers') }).click();
      await expect(page.getByRole('link', { name: person.say('certificates') })).toHaveAttribute('aria-current', 'page');

      const dialog = await begin(person, authority.protect(issued, SECRET));
      await expect(dialog).toContainText(person.say('isProtected'));
      const password = person.field('password', dialog).or(dialog.locator('input[type=password]'));
      await password.fill('something else');
      await person.button('import', dialog).click();
      await expect(dialog).toContainText(person.say('wrongPassword'));
      await expect(password).toHaveAttribute('aria-invalid', 'true');
      await password.fill(SECRET);
      await person.check('exportable', dialog).check();
      await person.button('import', dialog).click();
      await expect(dialog).toBeHidden();
      await expect(row(person, NAME)).toContainText(person.say('valid'));
      const [present] = await certificates(person);
      expect(present).toMatchObject({ Status: 'Valid', HasPrivateKey: true, PrivateKeyExportable: true, Services: 'None' });

      const details = page.getByRole('complementary');
      await expect(details).toContainText('Trey Research CA');
      await person.button('copyTlsa', details).click();
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(present!.TlsaRecord);

      await person.button('edit').click();
      const services = person.dialog('services');
      await person.check('smtp', services).check();
      await person.button('save', services).click();
      await expect(services).toBeHidden();
      await expect(row(person, NAME)).toContainText('SMTP');
      // From the next connection on.
      const thumbprint = (pem: string) => {
        const file = join(relais.home, 'shown.pem');
        writeFileSync(file, pem);
        return openssl('x509', '-in', file, '-noout', '-fingerprint', '-sha1').split('=')[1]?.replaceAll(':', '').trim();
      };
      expect(thumbprint(await shownBy(relais))).toBe(present!.Thumbprint);

      await person.button('export').click();
      const given = person.dialog('exportTitle');
      const secrets = given.locator('input[type=password]');
      await secrets.first().fill('one password');
      await secrets.last().fill('another');
      await person.button('export', given).click();
      await expect(given).toContainText(person.say('notTheSame'));
      await secrets.last().fill('one password');
      const saved = page.waitForEvent('download');
      await person.button('export', given).click();
      const file = await saved;
      expect(file.suggestedFilename()).toBe(`${NAME}.pfx`);
      const content = opened(await file.path(), 'one password');
      expect(content).toContain('PRIVATE KEY');
      expect(content).toContain(`CN = ${NAME}`);
      await expect(given).toBeHidden();

      await person.button('edit').click();
      await person.check('smtp', services).uncheck();
      await person.button('save', services).click();
      await expect(services).toBeHidden();
      await expect.poll(async () => (await certificates(person))[0]?.Services).toBe('None');

      await person.button('remove').click();
      const question = page.getByRole('alertdialog').or(page.getByRole('dialog'));
      await expect(question).toContainText(NAME);
      await person.button('yes', question).click();
      await expect.poll(() => certificates(person)).toEqual([]);
      await expect(person.button('importTitle')).toBeVisible();
    });

    test('one is asked for, and its answer takes the place of the request', async ({ person, relais, authority }) => {
      const { page } = person;
      await person.signIn(undefined, undefined, PAGE);
      await person.button('new').click();
      const made = person.dialog('newCertificate');
      await person.radio('forAuthority', made).check();
      await expect(person.check('smtp', made)).toHaveCount(0);
      await person.field('names', made).fill(`${NAME}\n*.contoso.com`);
      await person.button('save', made).click();
      const asked = person.dialog('request');
      await expect(asked).toContainText('BEGIN CERTIFICATE REQUEST');
      await person.button('copyRequest', asked).click();
      const [request] = await certificates(person);
      expect(request).toMatchObject({ Status: 'PendingRequest', CertificateDomains: [NAME, '*.contoso.com'] });
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(request!.Request);
      const text = await page.evaluate(() => navigator.clipboard.readText());
      await person.button('close', asked).click();
      await expect(row(person, NAME)).toContainText(person.say('pending'));
      await expect(person.button('export')).toBeDisabled();

      const dialog = await begin(person, authority.answer(text, [NAME, '*.contoso.com']));
      await person.button('import', dialog).click();
      await expect(dialog).toBeHidden();
      await expect(page.getByText(person.say('hasCome'))).toBeVisible();
      await expect(row(person, NAME)).toContainText(person.say('valid'));
      const [issued] = await relais.run('Get-ExchangeCertificate');
      expect(issued).toMatchObject({ Status: 'Valid', Guid: request!.Guid, HasPrivateKey: true, TlsaRecord: request!.TlsaRecord });
    });

    test('one that signs itself is made, with what is to be known of it', async ({ person }) => {
      const { page } = person;
      await person.signIn(undefined, undefined, PAGE);
      await person.button('new').click();
      const made = person.dialog('newCertificate');
      await person.field('names', made).fill(NAME);
      await person.button('save', made).click();
      await expect(made).toBeHidden();
      await expect(row(person, NAME)).toContainText(person.say('notTrusted'));
      await expect(page.getByRole('complementary')).toContainText(person.say('nobodyKnows'));
      // What was not allowed when it was made.
      await expect(person.button('export')).toBeDisabled();
      expect(await certificates(person)).toMatchObject([{ Services: 'SMTP', IsSelfSigned: true, PrivateKeyExportable: false }]);
      await person.button('edit').click();
      const services = person.dialog('services');
      await person.check('iis', services).check();
      await expect(services).toContainText(person.say('nobodyKnows'));
      await person.check('smtp', services).uncheck();
      await person.button('save', services).click();
      await expect(services).toBeHidden();
      expect(await certificates(person)).toMatchObject([{ Services: 'IIS' }]);
    });

    test('one that a connector names is not deleted', async ({ person, relais }) => {
      const { page } = person;
      const [made] = await relais.run('New-ExchangeCertificate', { DomainName: NAME });
      await relais.run('New-SendConnector', {
        Name: 'Out',
        Internet: true,
        AddressSpaces: ['*'],
        TlsCertificateName: `<I>${String(made!.Issuer)}<S>${String(made!.Subject)}`,
      });
      await person.signIn(undefined, undefined, PAGE);
      await row(person, NAME).click();
      await page.keyboard.press('Delete');
      await person.button('yes', page.getByRole('alertdialog').or(page.getByRole('dialog'))).click();
      await expect(page.getByText(person.say('connectorNames')).first()).toBeVisible();
      expect(await certificates(person)).toHaveLength(1);
    });
  });
}

test('what cannot be imported is told at its field', async ({ person, authority }) => {
  const { home } = authority;
  const { certificate, key } = authority.issue([NAME]);
  await person.signIn(undefined, undefined, PAGE);
  await person.button('import').first().click();
  const dialog = person.dialog('importTitle');
  await person.button('import', dialog).click();
  await expect(dialog).toContainText('This field is required.');
  const none = join(home, 'notes.cer');
  writeFileSync(none, 'nothing of the kind');
  await choose(dialog, none);
  await expect(dialog).toContainText('The file holds no certificate');
  const large = join(home, 'film.pfx');
  writeFileSync(large, Buffer.alloc(256 * 1024 + 1));
  await choose(dialog, large);
  await expect(dialog).toContainText('The file is larger than 262144 bytes.');
  const strange = join(home, 'strange.pem');
  writeFileSync(strange, readFileSync(certificate, 'utf8') + readFileSync(authority.issue(['other.test']).key, 'utf8'));
  await choose(dialog, strange);
  await expect(dialog).toContainText('None of the certificates in the file belongs to its private key.');
  await person.button('import', dialog).click();
  expect(await certificates(person)).toEqual([]);
  const whole = join(home, 'whole.pem');
  writeFileSync(whole, readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8'));
  await choose(dialog, whole);
  await expect(dialog).not.toContainText('None of the certificates');
  await person.button('import', dialog).click();
  await expect(dialog).toBeHidden();
  expect(await certificates(person)).toMatchObject([{ Status: 'Valid', HasPrivateKey: true }]);
});

test('one without its key is kept, and says that it cannot be shown', async ({ person, authority }) => {
  await person.signIn(undefined, undefined, PAGE);
  const dialog = await begin(person, authority.issue([NAME]).certificate);
  await expect(dialog).toContainText('it is kept, but cannot be shown');
  await person.button('import', dialog).click();
  await expect(dialog).toBeHidden();
  await expect(person.page.getByRole('complementary')).toContainText('Its private key is not here, so it cannot be shown.');
  await expect(person.button('edit')).toBeDisabled();
  await expect(person.button('export')).toBeDisabled();
  expect(await certificates(person)).toMatchObject([{ HasPrivateKey: false }]);
});

test('the command shows neither password nor file', async ({ person, authority }) => {
  const file = authority.protect(authority.issue([NAME]), SECRET);
  await person.signIn(undefined, undefined, PAGE);
  const dialog = await begin(person, file);
  await dialog.locator('input[type=password]').fill(SECRET);
  await dialog.getByRole('button', { name: 'Show the command' }).click();
  const command = dialog.getByRole('code').or(dialog.locator('code'));
  await expect(command).toContainText("Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes('1.pfx'))");
  await expect(command).toContainText('-Password (Read-Host -AsSecureString)');
  await expect(command).not.toContainText(SECRET);
});

test('an end that is near is seen in the list', async ({ person, relais, authority }) => {
  await relais.run('Import-ExchangeCertificate', { FileData: data(authority.issue([NAME], 10).certificate) });
  await relais.run('Import-ExchangeCertificate', { FileData: data(authority.issue(['later.test'], 40).certificate) });
  await person.signIn(undefined, undefined, PAGE);
  await expect(row(person, NAME)).toContainText(/In 9 days/);
  await expect(row(person, 'later.test')).not.toContainText(/In \d+ days/);
});

test('names and subjects that are none are told at their fields; the keyboard is enough', async ({ person }) => {
  const { page } = person;
  await person.signIn(undefined, undefined, PAGE);
  await expect(person.button('importTitle')).toBeVisible();
  await page.keyboard.press('n');
  const made = person.dialog('newCertificate');
  const names = person.field('names', made);
  await expect(names).toBeFocused();
  await page.keyboard.type('mail.contoso.com bad..name');
  await expect(made).toContainText('“bad..name” is not a name of a server');
  await expect(names).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('by-keyboard.contoso.com');
  await expect(names).not.toHaveAttribute('aria-invalid', 'true');
  const subject = made.getByRole('textbox', { name: 'Subject' });
  await subject.focus();
  await page.keyboard.type('Contoso');
  await expect(made).toContainText('“Contoso” is not a subject');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('CN=by-keyboard.contoso.com, O=Contoso, C=FR');
  await expect(subject).not.toHaveAttribute('aria-invalid', 'true');
  await person.button('save', made).focus();
  await page.keyboard.press('Enter');
  await expect(made).toBeHidden();
  await expect(row(person, 'by-keyboard.contoso.com')).toBeVisible();
  expect(await certificates(person)).toMatchObject([{ Subject: 'CN=by-keyboard.contoso.com, O=Contoso, C=FR' }]);
});

test('a Send connector is offered the certificates, and narrows what is spoken', async ({ person, relais, authority }) => {
  const { page } = person;
  const file = authority.protect(authority.issue([NAME]), SECRET);
  await relais.run('Import-ExchangeCertificate', { FileData: data(file), Password: SECRET });
  await relais.run('Import-ExchangeCertificate', { FileData: data(authority.issue(['no-key.test']).certificate) });
  await relais.run('New-SendConnector', { Name: 'Out', Internet: true, AddressSpaces: ['*'] });
  await person.signIn(undefined, undefined, '#/mail-flow/send-connectors');
  const dialog = await edit(person, 'Out');
  await dialog.getByRole('tab', { name: 'Advanced' }).click();
  const field = dialog.getByRole('combobox', { name: /TlsCertificateName/ });
  const offered = await dialog.locator('datalist option').evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  expect(offered).toHaveLength(1);
  expect(offered[0]).toMatch(/^<I>.*CN=Trey Research CA.*<S>CN=mail\.contoso\.com$/);
  await field.fill(offered[0]!);
  await dialog.getByRole('combobox', { name: /TlsMinimumVersion/ }).click();
  await page.getByRole('option', { name: 'TLS 1.3' }).click();
  const suite = (name: string) => dialog.getByRole('checkbox', { name });
  await suite('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384').check();
  await expect(dialog).toContainText('none of these cipher suites can be spoken');
  await suite('TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384').uncheck();
  await suite('TLS_CHACHA20_POLY1305_SHA256').check();
  await suite('TLS_AES_256_GCM_SHA384').check();
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
  expect(await relais.run('Get-SendConnector')).toMatchObject([
    {
      TlsCertificateName: offered[0],
      TlsMinimumVersion: 'Tls13',
      TlsCipherSuites: 'TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256',
    },
  ]);
});

test('who may only look sees them and is offered nothing else; others do not see the page', async ({ person, relais }) => {
  const password = 'a Secret only Vera has 4';
  await relais.run('New-Mailbox', { Name: 'Vera', PrimarySmtpAddress: 'vera@contoso.com', Password: password });
  await relais.run('Add-RoleGroupMember', { Identity: 'View-Only Organization Management', Member: 'Vera' });
  await relais.run('New-Mailbox', { Name: 'Paul', PrimarySmtpAddress: 'paul@contoso.com', Password: password });
  await relais.run('Add-RoleGroupMember', { Identity: 'Recipient Management', Member: 'Paul' });
  await relais.run('New-ExchangeCertificate', { DomainName: NAME });
  await person.signIn('Vera', password, PAGE);
  await row(person, NAME).click();
  for (const word of ['new', 'import', 'edit', 'remove', 'export'] as const) {
    await expect(person.button(word)).toBeDisabled();
  }
  const details = person.page.getByRole('complementary');
  await expect(details).toContainText('3 1 1 ');
  await expect(details.getByRole('button', { name: 'Change' })).toHaveCount(0);
  await person.page.context().clearCookies();
  await person.page.goto('about:blank');
  await person.signIn('Paul', password, PAGE);
  await expect(person.page.getByText(/There is (no such page|nothing here for you)/).first()).toBeVisible();
  await expect(person.page.getByText('Certificates', { exact: true })).toHaveCount(0);
});
