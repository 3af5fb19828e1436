// WCAG 2.2 AA by axe, on every page and dialog, in both languages and both themes; and the founding
// procedure with the keyboard alone.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from '@playwright/test';

import { expect, test, type Person } from '../support/fixtures.ts';
import { turnTo } from '../support/recipients.ts';
import { SERVER } from '../support/relais.ts';
import { label } from '../support/words.ts';
import { addDomain, begin, edit, openConnectors, row } from '../support/wizard.ts';

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function judge(person: Person, what: string): Promise<void> {
  // Colours are judged as they are, not as they are becoming.
  await person.page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== 'running'));
  // Fluent's sentinels of a focus trap are hidden on purpose and hand the focus on at once.
  const { violations } = await new AxeBuilder({ page: person.page }).withTags(STANDARD).exclude('[data-tabster-dummy]').analyze();
  const told = violations.map((each) => `${each.id}: ${each.help}\n  ${each.nodes.map((node) => node.html.slice(0, 200)).join('\n  ')}`);
  expect(told, what).toEqual([]);
}

/** Waits until a dialog is gone and the page behind it is there again for everybody. */
async function gone(dialog: Locator): Promise<void> {
  await expect(dialog).toBeHidden();
  await expect(dialog.page().locator('#root')).not.toHaveAttribute('aria-hidden', 'true');
}

async function prepare(person: Person): Promise<void> {
  const { relais } = person;
  await relais.run('Send-TestMessage', { To: 'anna@example.net', Subject: 'waits' });
  await relais.run('New-SendConnector', { Name: 'Partner', Partner: true, AddressSpaces: ['fabrikam.com'], Enabled: false });
}

for (const language of ['en', 'fr'] as const) {
  for (const theme of ['light', 'dark'] as const) {
    test.describe(`${language}, ${theme}`, () => {
      test.use({ language, colorScheme: theme });

      // axe judges some twenty states here, each of which costs a slow machine seconds.
      test.slow();

      test('every page', async ({ person }) => {
        const { page, relais } = person;
        await prepare(person);
        await relais.run('New-SendConnector', { Name: 'Example', Custom: true, AddressSpaces: ['example.org'] });
        await page.goto(relais.url);
        await page.locator('input[type=password]').waitFor();
        await judge(person, 'sign-in');
        await person.signIn();
        const places = ['', '#/recipients/mailboxes', '#/recipients/groups', '#/recipients/contacts', '#/mail-flow/send-connectors', '#/mail-flow/queues', '#/mail-flow/queues/Unreachable/messages', '#/mail-flow/dkim', '#/mail-flow/publishing', '#/mail-flow/transport-security', '#/mail-flow/transport-security?to=anna@example.org', '#/servers/certificates', '#/mail-flow/test-message', '#/sandbox/messages', '#/sandbox/domains'];
        for (const place of places) {
          await page.goto(relais.url + place);
          await expect(page.locator('h1, h2').first()).toBeVisible();
          await expect(page.getByRole('progressbar')).toHaveCount(0);
          await judge(person, place);
        }
        await page.keyboard.press('?');
        await page.getByRole('dialog').waitFor();
        await judge(person, 'shortcuts');
      });

      test('every dialog of Send connectors', async ({ person }) => {
        await prepare(person);
        // What is left unsaved at the end is left on purpose.
        person.page.on('dialog', (dialog) => void dialog.accept());
        await person.signIn();
        await openConnectors(person);
        await row(person, 'Partner').click();
        await judge(person, 'details');
        await person.button('add').first().click();
        const wizard = person.dialog('wizard');
        await person.button('next', wizard).click();
        await judge(person, 'wizard, page 1, refused');
        await person.field('name', wizard).fill('A name');
        await person.radio('custom', wizard).check();
        await person.button('next', wizard).click();
        await person.radio('smartHosts', wizard).check();
        await judge(person, 'wizard, page 2');
        await person.button('add', wizard).click();
        await judge(person, 'add smart host');
        await person.dialog('addSmartHost').getByRole('textbox').fill('relay.contoso.com');
        await person.button('save', person.dialog('addSmartHost')).click();
        await person.button('next', wizard).click();
        await person.radio('basic', wizard).check();
        await judge(person, 'wizard, authentication');
        await person.radio('certificate', wizard).check();
        await judge(person, 'wizard, a certificate');
        await person.radio('none', wizard).check();
        await person.button('next', wizard).click();
        await person.button('add', wizard).click();
        await judge(person, 'add domain');
        await person.page.keyboard.press('Escape');
        await addDomain(person, wizard, '*');
        await judge(person, 'wizard, address space');
        await person.button('next', wizard).click();
        await person.button('add', wizard).click();
        await judge(person, 'select a server');
        await person.page.keyboard.press('Escape');
        await person.page.keyboard.press('Escape');
        await judge(person, 'discard?');
        await person.page.goto(`${person.relais.url}#/mail-flow/send-connectors`);
        await person.page.reload();
        const dialog = await edit(person, 'Partner');
        for (const tab of await dialog.getByRole('tab').all()) {
          await tab.click();
          await judge(person, `edit, ${await tab.innerText()}`);
        }
      });

      test('every dialog of recipients', async ({ person, relais }) => {
        const { page } = person;
        await relais.run('New-MailContact', { Name: 'Press', ExternalEmailAddress: 'press@fabrikam.com' });
        await relais.run('New-DistributionGroup', { Name: 'Sales', Members: ['jean', 'Press'] });
        await relais.run('Set-Mailbox', { Identity: 'jean', ForwardingAddress: 'Press' });
        // What is left unsaved at the end is left on purpose.
        page.on('dialog', (dialog) => void dialog.accept());
        await person.signIn(undefined, undefined, '#/recipients/groups?select=Sales');
        await expect(page.getByRole('complementary')).toContainText('Press');
        await judge(person, 'details of a group');
        let dialog = await edit(person, 'Sales');
        for (const tab of await dialog.getByRole('tab').all()) {
          await tab.click();
          await judge(person, `edit a group, ${await tab.innerText()}`);
        }
        await turnTo(person, dialog, 'membership');
        await expect(dialog.getByRole('row').filter({ hasText: 'Press' })).toBeVisible();
        await person.button('add', dialog).click();
        const select = person.dialog('selectMembers');
        await select.getByRole('row').filter({ hasText: 'Administrator' }).dblclick();
        await judge(person, 'select members');
        await page.keyboard.press('Escape');
        await expect(select).toBeHidden();
        await turnTo(person, dialog, 'emailAddresses');
        await person.button('add', dialog).click();
        await person.button('save', person.dialog('newAddress')).click();
        await judge(person, 'new address, refused');
        await person.button('cancel', person.dialog('newAddress')).click();
        await expect(person.dialog('newAddress')).toBeHidden();
        await person.button('cancel', dialog).click();
        await gone(dialog);
        await person.button('new').click();
        await person.button('save', person.dialog('newGroup')).click();
        await judge(person, 'new group, refused');
        await page.keyboard.press('Escape');
        await gone(person.dialog('newGroup'));
        await page.goto(`${relais.url}#/recipients/mailboxes`);
        dialog = await edit(person, 'jean');
        await person.radio('setPassword', dialog).check();
        for (const tab of await dialog.getByRole('tab').all()) {
          await tab.click();
          await judge(person, `edit a mailbox, ${await tab.innerText()}`);
        }
        await page.goto('about:blank');
        await page.goto(`${relais.url}#/recipients/contacts?new=1`);
        await person.dialog('newContact').waitFor();
        await judge(person, 'new contact');
      });

      test('every dialog of certificates', async ({ person, relais }) => {
        const { page } = person;
        await relais.run('New-ExchangeCertificate', { DomainName: 'mail.contoso.com', PrivateKeyExportable: true });
        await relais.run('New-ExchangeCertificate', { DomainName: 'asked.contoso.com', GenerateRequest: true });
        await person.signIn(undefined, undefined, '#/servers/certificates');
        await row(person, 'asked.contoso.com').click();
        await judge(person, 'details of a request');
        await person.button('edit').click();
        await page.getByRole('dialog').waitFor();
        await judge(person, 'request');
        await page.keyboard.press('Escape');
        await gone(page.getByRole('dialog'));
        await row(person, 'mail.contoso.com').click();
        await judge(person, 'details');
        await person.button('edit').click();
        await person.check('iis', person.dialog('services')).check();
        await expect(person.dialog('services')).toContainText(person.say('nobodyKnows'));
        await judge(person, 'services');
        await page.keyboard.press('Escape');
        await gone(person.dialog('services'));
        await person.button('export').click();
        await person.button('export', person.dialog('exportTitle')).click();
        await judge(person, 'export, refused');
        await page.keyboard.press('Escape');
        await gone(person.dialog('exportTitle'));
        await person.button('new').click();
        const made = person.dialog('newCertificate');
        await person.field('names', made).fill('bad..name');
        await expect(person.field('names', made)).toHaveAttribute('aria-invalid', 'true');
        await judge(person, 'new, refused');
        await person.field('names', made).fill('');
        await person.radio('forAuthority', made).check();
        await judge(person, 'new request');
        await made.getByRole('radio').first().check();
        await page.keyboard.press('Escape');
        await gone(made);
        await person.button('import').click();
        const taken = person.dialog('importTitle');
        await person.button('import', taken).click();
        await judge(person, 'import, refused');
        const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('nothing of the kind') };
        await taken.locator('input[type=file]').setInputFiles(file);
        await expect(taken).toContainText('notes.txt');
        await judge(person, 'import, a file that is none');
      });

      test('every dialog of DKIM', async ({ person }) => {
        await person.signIn(undefined, undefined, '#/mail-flow/dkim');
        await expect(person.button('newDkim')).toBeVisible();
        await judge(person, 'nothing yet');
        await person.button('new').click();
        const made = person.dialog('newDkim');
        await expect(person.field('domain', made)).toHaveValue('contoso.com');
        await judge(person, 'new');
        await person.button('save', made).click();
        const records = person.dialog('records');
        await expect(records).toContainText('relais1-ed25519._domainkey.contoso.com');
        await judge(person, 'records');
        await person.button('close', records).click();
        await gone(records);
        await judge(person, 'details');
        await person.button('enable').click();
        const refused = person.dialog('notYet');
        await expect(refused).toBeVisible();
        await judge(person, 'refused');
        await person.check('knows', refused).check();
        await judge(person, 'all the same');
        await person.button('force', refused).click();
        await gone(refused);
        await judge(person, 'signed, and nobody can verify it');
        await person.button('rotate').click();
        await expect(person.dialog('rotateTitle')).toBeVisible();
        await judge(person, 'new keys');
        await person.button('makeKeys', person.dialog('rotateTitle')).click();
        await expect(records).toContainText('relais2._domainkey.contoso.com');
        await person.button('close', records).click();
        await gone(records);
        await judge(person, 'details of a rotation');
        await person.button('edit').click();
        await expect(person.dialog('editDkim')).toBeVisible();
        await judge(person, 'edit');
        await person.button('cancel', person.dialog('editDkim')).click();
        await gone(person.dialog('editDkim'));
        await person.button('remove').click();
        await person.page.getByRole('alertdialog').waitFor();
        await judge(person, 'delete?');
      });
    });
  }
}

test('the founding procedure with the keyboard alone', async ({ person, relais }) => {
  const { page } = person;
  const { keyboard } = page;
  const focused = () => page.locator(':focus');
  /** Tab until this has the focus. */
  const tabTo = async (name: RegExp) => {
    for (let step = 0; step < 60; step += 1) {
      const text = await focused().evaluateAll((all) =>
        all.map((one) => {
          const labels = one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement ? [...(one.labels ?? [])].map((each) => each.innerText) : [];
          return [one.getAttribute('aria-label') ?? '', ...labels, (one as HTMLElement).innerText ?? ''].join(' ').trim();
        })[0] ?? '',
      );
      if (name.test(text)) {
        return;
      }
      await keyboard.press('Tab');
    }
    throw new Error(`Tab never reaches ${name}`);
  };
  /** The focus has moved into this: only then does the next Tab start from where a person sees it. */
  const arrivesIn = (place: Locator) => expect(place.locator(':focus')).toHaveCount(1);
  await page.goto(relais.url);
  await page.locator('input[autocomplete=username]').waitFor();
  await expect(page.locator('input[autocomplete=username]')).toBeFocused();
  await keyboard.type('Administrator');
  await keyboard.press('Tab');
  await keyboard.type("an administrator's Secret 1");
  await keyboard.press('Enter');
  await page.locator('input[type=password]').waitFor({ state: 'detached' });
  await tabTo(/^Dashboard$/);
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Mail flow' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('button', { name: label('Add') })).toBeVisible();
  await tabTo(/^Add$/);
  await keyboard.press('Enter');
  const wizard = person.dialog('wizard');
  /** Next, which asks the server before it turns to the page of this number. */
  const next = async (number: number) => {
    await tabTo(/^Next$/);
    await keyboard.press('Enter');
    await expect(wizard).toContainText(`${number} / 4`);
    await arrivesIn(wizard.getByRole('heading', { level: 3 }).locator('..'));
  };
  await expect(person.field('name', wizard)).toBeFocused();
  await keyboard.type('By keyboard');
  await keyboard.press('Tab');
  // The radio buttons: arrows move and choose.
  for (let step = 0; step < 4 && !(await person.radio('internet', wizard).isChecked()); step += 1) {
    await keyboard.press('ArrowDown');
  }
  await expect(person.radio('internet', wizard)).toBeChecked();
  await next(2);
  await expect(person.radio('mx', wizard)).toBeChecked();
  await next(3);
  await tabTo(/^Add$/);
  await keyboard.press('Enter');
  const domain = person.dialog('addDomain');
  await arrivesIn(domain);
  await tabTo(/Fully Qualified Domain Name/);
  await keyboard.type('*');
  await keyboard.press('Enter');
  await expect(domain).toBeHidden();
  await arrivesIn(wizard);
  await next(4);
  await tabTo(/^Add$/);
  await keyboard.press('Enter');
  const select = person.dialog('selectServer');
  await arrivesIn(select);
  await expect(select.getByRole('row').filter({ hasText: SERVER })).toBeVisible();
  // The only server: its row takes the space bar or Enter, or is chosen already.
  if (!(await select.getByRole('button', { name: /^Add/ }).isEnabled())) {
    await tabTo(new RegExp(SERVER));
    await keyboard.press('Space');
  }
  await tabTo(/^Add/);
  await keyboard.press('Enter');
  await tabTo(/^OK$/);
  await keyboard.press('Enter');
  await expect(select).toBeHidden();
  await arrivesIn(wizard);
  await tabTo(/^Finish$/);
  await keyboard.press('Enter');
  await expect(wizard).toBeHidden();
  await expect(page.getByRole('row').filter({ hasText: 'By keyboard' })).toBeVisible();
  expect(await relais.run('Get-SendConnector')).toHaveLength(1);
  await expect(page.getByRole('button', { name: label('Add') })).toBeVisible();
});
