// What a domain has to publish: the record copied, published, and found good when it is tested again; in both
// languages, by mouse and by keyboard, and not offered to who may not. The DNS is the test's own.
import { expect, test } from '../support/fixtures.ts';
import { Names } from '../support/names.ts';
import { SERVER } from '../support/relais.ts';
import { row } from '../support/wizard.ts';

const PAGE = '#/mail-flow/publishing';

for (const language of ['en', 'fr'] as const) {
  test.describe(language, () => {
    test.use({ language, permissions: ['clipboard-read', 'clipboard-write'] });

    test('a record is copied, published, and found good', async ({ person, relais }) => {
      const { page } = person;
      const names = new Names();
      await names.serve(relais, SERVER);
      await person.signIn(undefined, undefined, PAGE);
      const spf = row(person, person.say('whoMaySend'));
      await expect(spf).toContainText(person.say('absent'));
      await spf.click();
      const details = page.getByRole('complementary');
      await expect(details).toContainText(
        language === 'en' ? 'contoso.com has no SPF record' : 'contoso.com n’a pas d’enregistrement SPF',
      );
      await person.button('copyRecordSpf', details).click();
      const [wanted] = (await relais.run('Test-DomainPublishing', { Identity: 'contoso.com' })).filter(({ Check }) => Check === 'SPF');
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(clipboard).toBe(wanted!.Recommended);
      names.publish('contoso.com', await clipboard());
      await person.button('refresh').click();
      await expect(spf).toContainText(person.say('good'));
      await expect(details).toContainText(person.say('theSame'));
      names.close();
    });

    test('another domain is chosen, by keyboard too', async ({ person, relais }) => {
      const { page } = person;
      const names = new Names();
      await names.serve(relais, SERVER);
      await relais.run('New-AcceptedDomain', { Name: 'Fabrikam', DomainName: 'fabrikam.com' });
      names.publish('_dmarc.fabrikam.com', 'v=DMARC1; p=reject; rua=mailto:d@fabrikam.com');
      await person.signIn(undefined, undefined, PAGE);
      const dmarc = row(person, person.say('dmarcPolicy'));
      await expect(dmarc).toContainText(person.say('absent'));
      const choice = page.getByRole('combobox', { name: person.say('domain') });
      await expect(choice).toHaveValue('contoso.com');
      await choice.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(choice).toHaveValue('fabrikam.com');
      await expect(page).toHaveURL(/domain=fabrikam\.com/);
      await expect(dmarc).toContainText(person.say('good'));
      await row(person, person.say('mailHosts')).click();
      await page.keyboard.press('End');
      await page.keyboard.press('Home');
      await expect(page.getByRole('complementary').getByRole('heading')).toContainText(person.say('mailHosts'));
      names.close();
    });
  });
}

test('who may not test domains is not offered the page', async ({ person, relais }) => {
  await relais.run('New-Mailbox', {
    Name: 'Paul',
    PrimarySmtpAddress: 'paul@contoso.com',
    Password: 'le Secret de Paul 3',
  });
  await relais.run('Add-RoleGroupMember', { Identity: 'Recipient Management', Member: 'Paul' });
  await person.signIn('Paul', 'le Secret de Paul 3', PAGE);
  await expect(person.page.getByText(/There is (no such page|nothing here for you)/).first()).toBeVisible();
  await expect(person.page.getByText('DNS publishing')).toHaveCount(0);
});
