// Signing in, being signed out, and what the page does without the right to do things.
import { expect, test } from '../support/fixtures.ts';
import { ADMINISTRATOR, PASSWORD } from '../support/relais.ts';

test('a wrong password is refused, and nothing tells whether the name was right', async ({ person }) => {
  const { page, relais } = person;
  await page.goto(relais.url);
  const texts: string[] = [];
  for (const user of [ADMINISTRATOR, 'nobody']) {
    await page.locator('input[autocomplete=username]').fill(user);
    await page.locator('input[type=password]').fill('wrong');
    await person.button('signIn').click();
    const alert = page.getByRole('alert').first();
    await expect(alert).toBeVisible();
    texts.push(await alert.innerText());
  }
  expect(texts[0]).toBe(texts[1]);
  expect(relais.log()).not.toContain('wrong');
});

test('the cookie is out of the reach of scripts and of other sites', async ({ person }) => {
  await person.signIn();
  const [cookie] = await person.page.context().cookies();
  expect(cookie).toMatchObject({ name: '__Host-relais', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' });
  expect(await person.page.evaluate(() => document.cookie)).toBe('');
  const stored = await person.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(stored).not.toContain(cookie!.value);
});

test('signing out ends the session at the server', async ({ person }) => {
  await person.signIn();
  const cookies = await person.page.context().cookies();
  const header = { Cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ') };
  expect((await person.relais.request('GET', 'api/v1/session', header)).status).toBe(200);
  await person.page.getByRole('button', { name: /^User menu/ }).click();
  await person.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(person.page.locator('input[type=password]')).toBeVisible();
  expect((await person.relais.request('GET', 'api/v1/session', header)).status).toBe(401);
});

test('a request from another site is refused, with the cookie and all', async ({ person }) => {
  await person.signIn();
  const cookies = await person.page.context().cookies();
  const cookie = cookies.map((each) => `${each.name}=${each.value}`).join('; ');
  const post = (headers: Record<string, string>) =>
    person.relais.request('POST', 'api/v1/cmdlets/Get-SendConnector', { 'Content-Type': 'application/json', Cookie: cookie, ...headers }, '{}');
  expect((await post({})).status).toBe(403);
  const who = JSON.parse((await person.relais.request('GET', 'api/v1/session', { Cookie: cookie })).body) as { csrf: string };
  expect((await post({ 'Relais-CSRF': who.csrf })).status).toBe(200);
  expect((await post({ 'Relais-CSRF': who.csrf, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
});

test('a session that has ended is renewed without losing what was typed', async ({ person }) => {
  const { page } = person;
  await person.signIn();
  await page.goto(`${person.relais.url}#/mail-flow/send-connectors`);
  await person.button('add').first().click();
  const wizard = person.dialog('wizard');
  await person.field('name', wizard).fill('Typed before the end');
  await page.context().clearCookies();
  await person.button('next', wizard).click();
  const again = page.locator('input[type=password]').last();
  await again.fill(PASSWORD);
  await again.press('Enter');
  await expect(again).toBeHidden();
  await person.button('back', wizard).click();
  await expect(person.field('name', wizard)).toHaveValue('Typed before the end');
});

test('who may only look is offered nothing else, and the server refuses it', async ({ person }) => {
  const { page, relais } = person;
  await relais.run('New-Mailbox', { Name: 'Vera', PrimarySmtpAddress: 'vera@contoso.com', Password: 'a Secret only Vera has 4' });
  await relais.run('Add-RoleGroupMember', { Identity: 'View-Only Organization Management', Member: 'Vera' });
  await relais.run('New-SendConnector', { Name: 'Theirs', Internet: true, AddressSpaces: ['*'] });
  await person.signIn('Vera', 'a Secret only Vera has 4', '#/mail-flow/send-connectors');
  await page.getByRole('row').filter({ hasText: 'Theirs' }).click();
  for (const word of ['add', 'edit', 'remove'] as const) {
    const button = person.button(word);
    if ((await button.count()) > 0) {
      await expect(button.first()).toBeDisabled();
    }
  }
  await expect(relais.run('Remove-SendConnector', { Identity: 'Theirs' }, 'Vera', 'a Secret only Vera has 4')).rejects.toThrow(/403/);
  expect(await relais.run('Get-SendConnector')).toHaveLength(1);
});

test('the addresses people know from before lead here', async ({ person }) => {
  const { page, relais } = person;
  for (const path of ['ecp', 'ecp/', 'ecp/default.aspx?ExchClientVer=15', 'owa', 'owa/auth/logon.aspx']) {
    await page.goto(relais.url + path);
    await expect(page.locator('input[type=password]')).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/');
  }
});
