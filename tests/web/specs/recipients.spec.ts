// Recipients by mouse: mailboxes, distribution groups and mail contacts are made, changed and deleted; members are
// chosen by typing; what the server refuses stands at its field. What was done is looked at by the API.
import { expect, test, type Person } from '../support/fixtures.ts';
import { choose, chooseAtOnce, openRecipients, turnTo } from '../support/recipients.ts';
import type { Row } from '../support/relais.ts';
import { label } from '../support/words.ts';
import { edit, row } from '../support/wizard.ts';

async function one(person: Person, noun: string, name: string): Promise<Row> {
  const [found] = await person.relais.run(`Get-${noun}`, { Identity: name });
  return found!;
}

async function members(person: Person, group: string): Promise<unknown[]> {
  const found = await person.relais.run('Get-DistributionGroupMember', { Identity: group });
  return found.map(({ Name }) => Name);
}

async function people({ relais }: Person, ...names: string[]): Promise<void> {
  for (const name of names) {
    const local = name.toLowerCase().replaceAll(' ', '.');
    await relais.run('New-Mailbox', { Name: name, PrimarySmtpAddress: `${local}@contoso.com` });
  }
}

for (const language of ['en', 'fr'] as const) {
  test.describe(language, () => {
    test.use({ language });

    test('a mailbox is made, gets another address, and deleted', async ({ person, relais }) => {
      const password = 'le Secret d’Anna 5';
      await person.signIn();
      await openRecipients(person, 'mailboxes');
      await person.button('new').click();
      const made = person.dialog('newMailbox');
      await person.field('name', made).fill('Anna Berg');
      // A name with a blank is no address: the server says so at the field that is left empty.
      await expect(person.field('emailAddress', made)).toHaveAttribute('aria-invalid', 'true');
      await person.field('emailAddress', made).fill('anna@contoso.com');
      await made.getByLabel(label(person.say('password'))).fill(password);
      await person.button('save', made).click();
      await expect(made.getByLabel(label(person.say('confirmPassword')))).toHaveAttribute('aria-invalid', 'true');
      await made.getByLabel(label(person.say('confirmPassword'))).fill(password);
      await person.button('save', made).click();
      await expect(made).toBeHidden();
      await expect(row(person, 'Anna Berg')).toHaveAttribute('aria-selected', 'true');
      expect(await one(person, 'Mailbox', 'Anna Berg')).toMatchObject({
        PrimarySmtpAddress: 'anna@contoso.com',
        HasPassword: true,
      });

      const dialog = await edit(person, 'Anna Berg');
      await turnTo(person, dialog, 'emailAddresses');
      await person.button('add', dialog).click();
      const address = person.dialog('newAddress');
      await person.field('emailAddress', address).fill('jean@contoso.com');
      await expect(person.field('emailAddress', address)).toHaveAttribute('aria-invalid', 'true');
      await expect(address).toContainText('jean');
      await person.field('emailAddress', address).fill('anna.berg@contoso.com');
      await person.check('makeReply', address).check();
      await person.button('save', address).click();
      await expect(address).toBeHidden();
      const reply = dialog.getByRole('row').filter({ hasText: person.say('replyAddress') });
      await expect(reply).toContainText('anna.berg@contoso.com');
      await expect(dialog.getByRole('row').filter({ hasText: 'anna@contoso.com' })).toHaveCount(1);
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect(await one(person, 'Mailbox', 'Anna Berg')).toMatchObject({
        PrimarySmtpAddress: 'anna.berg@contoso.com',
        EmailAddresses: ['anna@contoso.com'],
      });

      await person.button('remove').click();
      const question = person.page.getByRole('alertdialog');
      await expect(question).toContainText('Anna Berg');
      await person.button('yes', question).click();
      await expect(row(person, 'Anna Berg')).toHaveCount(0);
      await expect(relais.run('Get-Mailbox', { Identity: 'Anna Berg' })).rejects.toThrow(/404/);
    });

    test('mail is forwarded to a recipient, to an address, to nobody', async ({ person }) => {
      await people(person, 'Anna Berg', 'Eva Lind');
      await person.signIn();
      await openRecipients(person, 'mailboxes');
      const flow = async () => {
        const dialog = await edit(person, 'Anna Berg');
        await turnTo(person, dialog, 'mailFlow');
        return dialog;
      };
      let dialog = await flow();
      await person.radio('toRecipient', dialog).check();
      await person.button('save', dialog).click();
      await expect(person.field('forwardTo', dialog)).toHaveAttribute('aria-invalid', 'true');
      await person.button('browse', dialog).click();
      const select = person.dialog('selectForward');
      // Nobody is forwarded to himself.
      await select.getByRole('searchbox').fill('anna');
      await expect(select.getByRole('row').filter({ hasText: 'Anna Berg' })).toHaveCount(0);
      await select.getByRole('searchbox').fill('lind ev');
      await chooseAtOnce(select, 'Eva Lind');
      await expect(person.field('forwardTo', dialog)).toHaveValue('eva.lind@contoso.com');
      await person.check('deliverToBoth', dialog).check();
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      await expect(row(person, 'Anna Berg')).toContainText('Eva Lind');
      expect(await one(person, 'Mailbox', 'Anna Berg')).toMatchObject({
        ForwardingAddress: 'Eva Lind',
        ForwardingSmtpAddress: null,
        DeliverToMailboxAndForward: true,
      });

      dialog = await flow();
      await person.radio('toAddress', dialog).check();
      await person.field('emailAddress', dialog).fill('no address');
      await expect(person.field('emailAddress', dialog)).toHaveAttribute('aria-invalid', 'true');
      await person.field('emailAddress', dialog).fill('anna@example.net');
      await person.check('deliverToBoth', dialog).uncheck();
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect(await one(person, 'Mailbox', 'Anna Berg')).toMatchObject({
        ForwardingAddress: null,
        ForwardingSmtpAddress: 'anna@example.net',
        DeliverToMailboxAndForward: false,
      });

      dialog = await flow();
      await person.radio('doNotForward', dialog).check();
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect(await one(person, 'Mailbox', 'Anna Berg')).toMatchObject({ ForwardingSmtpAddress: null });
    });

    test('a group is made with members, changed, and deleted', async ({ person, relais }) => {
      await people(person, 'Anna Berg', 'Eva Lind', 'Tom Becker');
      await relais.run('New-MailContact', { Name: 'Press', ExternalEmailAddress: 'press@fabrikam.com' });
      await person.signIn();
      await openRecipients(person, 'groups');
      await person.button('newGroup').click();
      const made = person.dialog('newGroup');
      await person.field('name', made).fill('Sales');
      await person.button('add', made).click();
      await choose(person, 'selectMembers', 'berg', 'press@fab');
      await person.button('save', made).click();
      await expect(made).toBeHidden();
      expect(await members(person, 'Sales')).toEqual(['Anna Berg', 'Press']);
      await expect(person.page.getByRole('complementary')).toContainText('Anna Berg');

      let dialog = await edit(person, 'Sales');
      await turnTo(person, dialog, 'membership');
      await dialog.getByRole('row').filter({ hasText: 'Anna Berg' }).click();
      await person.button('takeOut', dialog).click();
      await person.button('add', dialog).click();
      await choose(person, 'selectMembers', 'tom', 'eva lind');
      await turnTo(person, dialog, 'deliveryManagement');
      await person.radio('insideAndOutside', dialog).check();
      await dialog.getByLabel(label(person.say('maxMessageSize'))).fill('12');
      await person.button('add', dialog).click();
      await choose(person, 'selectSenders', 'anna');
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect(await members(person, 'Sales')).toEqual(['Eva Lind', 'Press', 'Tom Becker']);
      expect(await one(person, 'DistributionGroup', 'Sales')).toMatchObject({
        RequireSenderAuthenticationEnabled: false,
        AcceptMessagesOnlyFromSendersOrMembers: ['Anna Berg'],
        MaxReceiveSize: '12 MB (12,582,912 bytes)',
      });

      // A name is changed in the same go as the members.
      dialog = await edit(person, 'Sales');
      await person.field('name', dialog).fill('Ventes');
      await turnTo(person, dialog, 'membership');
      await dialog.getByRole('row').filter({ hasText: 'Press' }).click();
      await person.page.keyboard.press('Delete');
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect(await members(person, 'Ventes')).toEqual(['Eva Lind', 'Tom Becker']);

      await row(person, 'Ventes').click();
      await person.button('remove').click();
      await person.button('yes', person.page.getByRole('alertdialog')).click();
      await expect.poll(async () => (await relais.run('Get-DistributionGroup')).length).toBe(0);
    });

    test('a contact is made, changed, and deleted', async ({ person, relais }) => {
      await person.signIn();
      await openRecipients(person, 'contacts');
      await person.button('newContact').click();
      const made = person.dialog('newContact');
      await person.button('save', made).click();
      await expect(person.field('name', made)).toHaveAttribute('aria-invalid', 'true');
      await person.field('name', made).fill('Eva Extern');
      await person.field('externalAddress', made).fill('jean@contoso.com');
      await expect(person.field('externalAddress', made)).toHaveAttribute('aria-invalid', 'true');
      await person.field('externalAddress', made).fill('eva@fabrikam.com');
      await person.button('save', made).click();
      await expect(made).toBeHidden();

      const dialog = await edit(person, 'Eva Extern');
      await person.button('add', dialog).click();
      const address = person.dialog('newAddress');
      await person.field('emailAddress', address).fill('eva@nowhere.example');
      await person.button('save', address).click();
      await expect(person.field('emailAddress', address)).toHaveAttribute('aria-invalid', 'true');
      await person.field('emailAddress', address).fill('partner@contoso.com');
      await person.button('save', address).click();
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect(await one(person, 'MailContact', 'Eva Extern')).toMatchObject({
        ExternalEmailAddress: 'eva@fabrikam.com',
        EmailAddresses: ['partner@contoso.com'],
      });
      await person.button('remove').click();
      await person.button('yes', person.page.getByRole('alertdialog')).click();
      await expect.poll(async () => (await relais.run('Get-MailContact')).length).toBe(0);
    });
  });
}

test('a password is set, and signs in', async ({ person, relais }) => {
  await people(person, 'Anna Berg');
  const password = 'another Secret of Anna 6';
  await person.signIn();
  await openRecipients(person, 'mailboxes');
  const dialog = await edit(person, 'Anna Berg');
  await person.radio('setPassword', dialog).check();
  await dialog.getByLabel(label(person.say('newPassword'))).fill(password);
  await dialog.getByLabel(label(person.say('confirmPassword'))).fill(password);
  await dialog.getByRole('button', { name: /command/i }).first().click();
  await expect(dialog.locator('code')).toContainText('Set-Mailbox "Anna Berg" -Password (Read-Host -AsSecureString)');
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
  await relais.run('Add-RoleGroupMember', { Identity: 'Recipient Management', Member: 'Anna Berg' });
  expect(await relais.run('Get-Mailbox', { Identity: 'Anna Berg' }, 'anna.berg@contoso.com', password)).toHaveLength(1);
});

test('what was refused of several changes is still there, the others are done', async ({ person, relais }) => {
  await people(person, 'Anna Berg', 'Eva Lind', 'Tom Becker');
  await relais.run('New-DistributionGroup', { Name: 'Sales', Members: ['Anna Berg'] });
  await person.signIn();
  await openRecipients(person, 'groups');
  const dialog = await edit(person, 'Sales');
  await dialog.getByLabel(/^Notes/).fill('Everybody who sells');
  await turnTo(person, dialog, 'membership');
  await person.button('add', dialog).click();
  await choose(person, 'selectMembers', 'eva', 'tom');
  // Somebody else is faster: one is a member already, another one is gone.
  await relais.run('Add-DistributionGroupMember', { Identity: 'Sales', Member: 'Eva Lind' });
  await relais.run('Remove-Mailbox', { Identity: 'Tom Becker', Confirm: false });
  await turnTo(person, dialog, 'general');
  await person.button('save', dialog).click();
  // Two have changed the group: mine is applied on top of it.
  await person.page.getByRole('alertdialog').getByRole('button', { name: 'Apply mine again' }).click();
  await expect(dialog.getByRole('tab', { selected: true })).toHaveText('Membership');
  await expect(dialog).toContainText('There is no mailbox, distribution group or mail contact called');
  await dialog.getByRole('row').filter({ hasText: 'Tom Becker' }).click();
  await person.button('takeOut', dialog).click();
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
  expect(await members(person, 'Sales')).toEqual(['Anna Berg', 'Eva Lind']);
  expect(await one(person, 'DistributionGroup', 'Sales')).toMatchObject({ Notes: 'Everybody who sells' });
});

test('thousands of members are looked through, and changed', async ({ person, relais }) => {
  test.slow();
  // Four digits are a whole word, by which one of them is found.
  const each = '1000..2999 | ForEach-Object {';
  await relais.shell(`${each} New-MailContact "Person $_" -ExternalEmailAddress "p$_@fabrikam.com" } | Out-Null`);
  await relais.shell(`New-DistributionGroup All -Members (${each} "p$_@fabrikam.com" })`);
  await person.signIn();
  await openRecipients(person, 'groups');
  const dialog = await edit(person, 'All');
  await turnTo(person, dialog, 'membership');
  await expect(dialog).toContainText('2000 members');
  // What is not seen is not drawn.
  expect(await dialog.getByRole('row').count()).toBeLessThan(60);
  await dialog.getByRole('searchbox').fill('person 1234');
  await dialog.getByRole('row').filter({ hasText: 'Person 1234' }).click();
  await person.button('takeOut', dialog).click();
  await dialog.getByRole('searchbox').fill('');
  await expect(dialog).toContainText('1999 members');
  await person.button('add', dialog).click();
  await choose(person, 'selectMembers', 'jean');
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
  const now = await relais.run('Get-DistributionGroupMember', { Identity: 'All', ResultSize: 'Unlimited' });
  expect(now).toHaveLength(2000);
  expect(now.some(({ Name }) => Name === 'Person 1234')).toBe(false);
  await person.button('showMembers').click();
  await expect(person.page.getByRole('dialog')).toContainText('2000 members');
});

test('who may only look sees recipients and members, and is offered nothing else', async ({ person, relais }) => {
  const password = 'a Secret only Vera has 4';
  await relais.run('New-Mailbox', { Name: 'Vera', PrimarySmtpAddress: 'vera@contoso.com', Password: password });
  await relais.run('Add-RoleGroupMember', { Identity: 'View-Only Organization Management', Member: 'Vera' });
  await relais.run('New-DistributionGroup', { Name: 'Sales', Members: ['Vera'] });
  await person.signIn('Vera', password);
  await openRecipients(person, 'groups');
  await row(person, 'Sales').click();
  await expect(person.page.getByRole('complementary')).toContainText('Vera');
  for (const word of ['new', 'edit', 'remove'] as const) {
    await expect(person.button(word)).toBeDisabled();
  }
  await row(person, 'Sales').dblclick();
  await expect(person.page.getByRole('dialog')).toHaveCount(0);
});

test('members are chosen with the keyboard alone', async ({ person, relais }) => {
  await people(person, 'Anna Berg', 'Anna Lind');
  await relais.run('New-DistributionGroup', { Name: 'Sales' });
  await person.signIn();
  await openRecipients(person, 'groups');
  const { keyboard } = person.page;
  const dialog = await edit(person, 'Sales');
  await turnTo(person, dialog, 'membership');
  await person.button('add', dialog).focus();
  await keyboard.press('Insert');
  const select = person.dialog('selectMembers');
  await expect(select.getByRole('searchbox')).toBeFocused();
  await keyboard.type('anna');
  await expect(select.getByRole('row')).toHaveCount(3);
  // Two are meant by it: Enter leads to their list.
  await keyboard.press('Enter');
  await expect(select.getByRole('grid')).toBeFocused();
  await keyboard.press('End');
  await keyboard.press('Enter');
  await expect(select.getByRole('button', { name: 'Remove Anna Lind' })).toBeVisible();
  await person.button('ok', select).press('Enter');
  await expect(dialog.getByRole('row').filter({ hasText: 'Anna Lind' })).toHaveCount(1);
  await person.button('save', dialog).press('Enter');
  await expect(dialog).toBeHidden();
  expect(await members(person, 'Sales')).toEqual(['Anna Lind']);
});
