// What mail for a recipient is protected by, before it is sent: asked by mouse and by keyboard, in both languages, of
// hosts of the pretend Internet; whether signatures in the DNS are believed, on the dashboard too. What the pretend
// Internet's DNS cannot show (it signs nothing) is answered in the server's place.
import type { Page } from '@playwright/test';

import { expect, test, type Person } from '../support/fixtures.ts';
import type { Relais } from '../support/relais.ts';
import { row } from '../support/wizard.ts';

const PAGE = '#/mail-flow/transport-security';

async function connect(relais: Relais): Promise<void> {
  await relais.run('New-SendConnector', { Name: 'Out', Internet: true, AddressSpaces: ['*'] });
}

/** The part of the dashboard about signatures. */
function card(person: Person) {
  return person.page.getByRole('region', { name: person.say('signatures') });
}

/** From now on the page is told this of hosts and signatures. */
async function told(page: Page, relais: Relais, part: Record<string, unknown>): Promise<void> {
  const [answer] = await relais.run('Get-TransportSecurity', { Recipient: 'anna@example.net' });
  await page.route('**/cmdlets/Get-TransportSecurity', (route) => route.fulfill({ json: [{ ...answer, ...part }] }));
}

for (const language of ['en', 'fr'] as const) {
  test.describe(language, () => {
    test.use({ language });

    test('a recipient is asked about', async ({ person, relais }) => {
      const { page } = person;
      await connect(relais);
      await person.signIn(undefined, undefined, PAGE);
      await expect(page.getByRole('heading', { name: person.say('howProtected') })).toBeVisible();
      await expect(page.getByText(person.say('notVerified'), { exact: true })).toBeVisible();
      const recipient = person.field('recipient');
      await recipient.fill('anna@example.net');
      await recipient.press('Enter');
      await expect(page).toHaveURL(/to=anna%40example\.net$/);
      const answer = page.getByRole('status').filter({ hasText: person.say('carriedToExample') });
      await expect(answer).toContainText(person.say('notVerified'));
      const host = row(person, 'mx1.example.net');
      await expect(host).toContainText(person.say('ifOffered'));
      // The list by keyboard.
      await row(person, 'mx2.example.net').click();
      await page.keyboard.press('Home');
      const details = page.getByRole('complementary');
      await expect(details.getByRole('heading')).toHaveText('mx1.example.net');
      await expect(details).toContainText(person.say('encryptedIfOffered'));
      // The address has the question: it is asked again after a reload.
      await page.reload();
      await expect(answer).toBeVisible();
      await expect(recipient).toHaveValue('anna@example.net');
      // A refusal stands at the field; nothing else is shown.
      await recipient.fill('anna');
      await person.button('show').click();
      await expect(recipient).toHaveAttribute('aria-invalid', 'true');
      await expect(page.getByText(language === 'en' ? 'the @ is missing' : 'il manque le @')).toBeVisible();
      await expect(host).toHaveCount(0);
      await recipient.fill('jean@contoso.com');
      await person.button('show').click();
      await expect(page.getByRole('status').filter({ hasText: person.say('staysHere') })).toBeVisible();
      await expect(recipient).not.toHaveAttribute('aria-invalid', 'true');
      await page.goBack();
      await expect(recipient).toHaveValue('anna');
    });

    test('a message that demands TLS itself', async ({ person, relais }) => {
      const { page } = person;
      await connect(relais);
      await person.signIn(undefined, undefined, `${PAGE}?to=anna@example.net`);
      await expect(row(person, 'mx1.example.net')).toBeVisible();
      await page.getByRole('combobox', { name: person.say('asksFor') }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/tls=Required/);
      const host = row(person, 'mx1.example.net');
      await expect(host).toContainText(person.say('notKnown'));
      await host.click();
      await expect(page.getByRole('complementary')).toContainText('451 4.7.10 REQUIRETLS');
    });

    test('the dashboard says whether signatures are believed', async ({ person, relais }) => {
      const { page } = person;
      await connect(relais);
      await person.signIn();
      await expect(card(person)).toContainText(person.say('notVerified'));
      await expect(card(person)).toContainText('servers = ["127.0.0.1:53"]');
      await told(page, relais, { Recipient: null, Host: null, DnssecValidation: 'Lost', DnssecValidationDetail: 'iana.org: SERVFAIL' });
      await page.reload();
      await expect(card(person)).toContainText(person.say('noLongerVerified'));
      await expect(card(person)).toContainText('iana.org: SERVFAIL');
      await page.unroute('**/cmdlets/Get-TransportSecurity');
      await told(page, relais, {
        DnssecValidation: 'Proven',
        DnssecValidationDetail: null,
        Requirement: 'Dane',
        RequiredBy: 'TLSA records of mx1.example.net',
        TlsaRecords: ['3 1 1 0b9fa5a5'],
      });
      await card(person).getByRole('link').click();
      await person.field('recipient').fill('anna@example.net');
      await person.button('show').click();
      await row(person, 'mx1.example.net').click();
      const details = page.getByRole('complementary');
      await expect(details).toContainText(person.say('tlsaOfHost'));
      await expect(details).toContainText('3 1 1 0b9fa5a5');
    });
  });
}

test('what was seen of a host last, and the way from its queue', async ({ person, relais }) => {
  const { page } = person;
  await connect(relais);
  await relais.run('Send-TestMessage', { To: 'anna@no-tls.example' });
  await relais.run('Send-TestMessage', { To: 'anna@dead-mx.example' });
  await expect.poll(async () => (await relais.received()).length, { timeout: 20_000 }).toBe(1);
  await person.signIn(undefined, undefined, `${PAGE}?to=anna@no-tls.example`);
  await expect(row(person, 'no-tls.example')).toContainText(person.say('inClear'));
  await page.goto(`${relais.url}#/mail-flow/queues`);
  await row(person, 'dead-mx.example').click();
  await page.getByRole('complementary').getByRole('link', { name: person.say('transportSecurity') }).click();
  await expect(page).toHaveURL(/transport-security\?to=postmaster%40dead-mx\.example$/);
  await expect(page.getByRole('status').filter({ hasText: 'dead-mx.example' })).toBeVisible();
});

test('who may not ask is not offered the page', async ({ person, relais }) => {
  await relais.run('New-Mailbox', {
    Name: 'Paul',
    PrimarySmtpAddress: 'paul@contoso.com',
    Password: 'le Secret de Paul 3',
  });
  await relais.run('Add-RoleGroupMember', { Identity: 'Recipient Management', Member: 'Paul' });
  await person.signIn('Paul', 'le Secret de Paul 3', PAGE);
  await expect(person.page.getByText(/There is (no such page|nothing here for you)/).first()).toBeVisible();
  await expect(person.page.getByText(person.say('transportSecurity'))).toHaveCount(0);
  await expect(card(person)).toHaveCount(0);
});
