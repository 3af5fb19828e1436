// Signing by mouse: keys made, their records copied and published, checked, enabled; new keys; what is
// refused, and to sign all the same. The DNS is the test's own; what was done is looked at by the API.
import { expect, test, type Person } from '../support/fixtures.ts';
import { Names } from '../support/names.ts';
import { SERVER, type Row } from '../support/relais.ts';
import { label } from '../support/words.ts';
import { row } from '../support/wizard.ts';

const DOMAIN = 'contoso.com';
const PAGE = '#/mail-flow/dkim';

/** Publishes the records of a selector. */
function publish(names: Names, config: Row, selector: 'Selector1' | 'Selector2'): void {
  for (const kind of ['', 'Ed25519']) {
    names.publish(String(config[`${selector}${kind}RecordName`]), String(config[`${selector}${kind}Record`]));
  }
}

async function config(person: Person): Promise<Row> {
  const [found] = await person.relais.run('Get-DkimSigningConfig', { Identity: DOMAIN });
  return found!;
}

for (const language of ['en', 'fr'] as const) {
  test.describe(language, () => {
    test.use({ language, permissions: ['clipboard-read', 'clipboard-write'] });

    test('keys are made, published, checked, enabled, changed, and deleted', async ({ person, relais }) => {
      const { page } = person;
      const names = new Names();
      await names.serve(relais, SERVER);
      await person.signIn(undefined, undefined, PAGE);
      await person.button('new').click();
      const made = person.dialog('newDkim');
      // The organization's own domain is proposed.
      await expect(person.field('domain', made)).toHaveValue(DOMAIN);
      await person.button('save', made).click();
      const records = person.dialog('records');
      await expect(records).toContainText('relais1._domainkey.contoso.com');
      await expect(records).toContainText('relais1-ed25519._domainkey.contoso.com');
      const first = await config(person);
      expect(first).toMatchObject({ Enabled: false, Status: 'RecordMissing' });
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await person.button('copyText', records).click();
      await expect.poll(clipboard).toBe(first.Selector1Record);
      await person.button('copyLine', records).click();
      await expect.poll(clipboard).toBe((first.Records as string[])[1]);

      publish(names, first, 'Selector1');
      await person.button('checkNow', records).click();
      await expect(records.getByRole('status').filter({ hasText: person.say('published') })).toBeVisible();
      await person.button('enable', records).click();
      await expect(records).toBeHidden();
      await expect(row(person, DOMAIN)).toContainText(person.say('signingOn'));
      await expect(row(person, DOMAIN)).toContainText(person.say('published'));
      expect(await config(person)).toMatchObject({ Enabled: true, Status: 'Valid' });

      await person.button('rotate').click();
      const rotate = person.dialog('rotateTitle');
      await expect(rotate).toContainText('relais2');
      await person.button('makeKeys', rotate).click();
      await expect(records).toContainText('relais2._domainkey.contoso.com');
      await person.button('close', records).click();
      await expect(row(person, DOMAIN)).toContainText(person.say('missing'));
      await expect(person.button('rotate')).toBeDisabled();
      const second = await config(person);
      expect(second).toMatchObject({ SigningSelector: 'relais1', SelectorAfterRotateOnDate: 'relais2' });
      publish(names, second, 'Selector2');
      await person.button('checkNow').click();
      await expect(row(person, DOMAIN)).toContainText(person.say('published'));

      await person.button('edit').click();
      const edit = person.dialog('editDkim');
      await edit.getByRole('combobox', { name: label(person.say('body')) }).click();
      await page.getByRole('option', { name: /^Simple/ }).click();
      // A date that is past: the new keys take over as soon as the server looks.
      await edit.locator('input[type=datetime-local]').fill('2020-01-01T10:00');
      await person.button('save', edit).click();
      await expect(edit).toBeHidden();
      await expect
        .poll(() => config(person), { timeout: 30_000 })
        .toMatchObject({ BodyCanonicalization: 'Simple', SigningSelector: 'relais2' });
      // The page learns it from the server.
      await expect(page.getByRole('complementary').getByText('relais2', { exact: true })).toBeVisible();

      await person.button('remove').click();
      const question = page.getByRole('alertdialog').or(page.getByRole('dialog'));
      await expect(question).toContainText(DOMAIN);
      await person.button('yes', question).click();
      await expect(person.button('newDkim')).toBeVisible();
      expect(await relais.run('Get-DkimSigningConfig')).toEqual([]);
      names.close();
    });

    test('enabling is refused until the DNS has the records, but for who knows better', async ({ person, relais }) => {
      await relais.run('New-DkimSigningConfig', { DomainName: DOMAIN });
      await person.signIn(undefined, undefined, PAGE);
      await row(person, DOMAIN).click();
      await person.button('enable').click();
      const refused = person.dialog('notYet');
      await expect(refused).toContainText('relais1._domainkey.contoso.com');
      await person.button('again', refused).click();
      await expect(person.button('again', refused)).toBeEnabled();
      await expect(person.button('force', refused)).toHaveCount(0);
      expect(await config(person)).toMatchObject({ Enabled: false });
      await person.check('knows', refused).check();
      await person.button('force', refused).click();
      await expect(refused).toBeHidden();
      await expect(row(person, DOMAIN)).toContainText(person.say('signingOn'));
      expect(await config(person)).toMatchObject({ Enabled: true, Status: 'RecordMissing' });
      // To sign no longer asks nobody.
      await person.button('disable').click();
      await expect(person.button('enable')).toBeVisible();
      expect(await config(person)).toMatchObject({ Enabled: false });
    });
  });
}

test('what may not be is told at its field', async ({ person, relais }) => {
  await relais.run('New-DkimSigningConfig', { DomainName: DOMAIN });
  await person.signIn(undefined, undefined, PAGE);
  await person.button('new').click();
  const dialog = person.dialog('newDkim');
  const domain = person.field('domain', dialog);
  await expect(domain).toHaveValue('');
  await person.button('save', dialog).click();
  await expect(domain).toHaveAttribute('aria-invalid', 'true');
  await domain.fill(DOMAIN);
  await expect(dialog).toContainText('There is a DKIM signing configuration');
  await domain.fill('fabrikam.com');
  await expect(dialog).toContainText('is not an accepted domain');
  await dialog.getByRole('textbox', { name: 'First selector' }).fill('not.one');
  await expect(dialog.getByRole('textbox', { name: 'First selector' })).toHaveAttribute('aria-invalid', 'true');
  expect(await relais.run('Get-DkimSigningConfig')).toHaveLength(1);
});

test('to sign with more is refused until the DNS has the other record', async ({ person, relais }) => {
  const names = new Names();
  await names.serve(relais, SERVER);
  const [made] = await relais.run('New-DkimSigningConfig', { DomainName: DOMAIN, Algorithms: 'RsaSha256' });
  names.publish(String(made!.Selector1RecordName), String(made!.Selector1Record));
  await relais.run('Set-DkimSigningConfig', { Identity: DOMAIN, Enabled: true });
  await person.signIn(undefined, undefined, PAGE);
  await row(person, DOMAIN).click();
  await person.button('edit').click();
  const edit = person.dialog('editDkim');
  await edit.getByRole('combobox', { name: 'Signatures' }).click();
  await person.page.getByRole('option', { name: /^RSA and Ed25519/ }).click();
  await person.button('save', edit).click();
  const refused = person.dialog('notYet');
  await expect(refused).toContainText('relais1-ed25519._domainkey.contoso.com has no TXT record');
  names.publish(String(made!.Selector1Ed25519RecordName), String(made!.Selector1Ed25519Record));
  await person.button('again', refused).click();
  // Both are gone: behind the one, the other cannot be found by its role.
  await expect(refused).toBeHidden();
  await expect(edit).toBeHidden();
  expect(await config(person)).toMatchObject({ Algorithms: 'RsaSha256, Ed25519Sha256', Status: 'Valid' });
  names.close();
});

test('who may only look sees the records and is offered nothing else', async ({ person, relais }) => {
  await relais.run('New-Mailbox', { Name: 'Vera', PrimarySmtpAddress: 'vera@contoso.com', Password: 'a Secret only Vera has 4' });
  await relais.run('Add-RoleGroupMember', { Identity: 'View-Only Organization Management', Member: 'Vera' });
  await relais.run('New-DkimSigningConfig', { DomainName: DOMAIN });
  await person.signIn('Vera', 'a Secret only Vera has 4', PAGE);
  await row(person, DOMAIN).click();
  for (const word of ['new', 'edit', 'remove', 'rotate'] as const) {
    await expect(person.button(word)).toBeDisabled();
  }
  await expect(person.button('enable')).toHaveCount(0);
  await person.button('showRecords').first().click();
  const records = person.dialog('records');
  await expect(records).toContainText('relais1._domainkey.contoso.com');
  await expect(person.button('enable', records)).toHaveCount(0);
});
