// "Why has it not arrived?", by mouse: a test message is followed from the page until it waits, with the
// reason, and until it is delivered; the queues show the same, and what is done to them is done.
import { expect, test, type Person } from '../support/fixtures.ts';

const NO_CONNECTOR = 'A matching connector cannot be found to route the external recipient';

const words = {
  en: { send: /^Send$/, waiting: /^Waiting/, delivered: /^Delivered/, create: 'Create a Send connector', unreachable: /Unreachable queue/ },
  fr: { send: /^Envoyer$/, waiting: /^En attente/, delivered: /^Remis/, create: 'Créer un connecteur d’envoi', unreachable: /File d’attente inaccessible/ },
} as const;

async function follow(person: Person): Promise<void> {
  const { page, relais, language } = person;
  const say = words[language];
  await person.signIn(undefined, undefined, '#/mail-flow/test-message');
  await page.getByRole('textbox').first().fill('someone@example.net');
  await page.getByRole('button', { name: say.send }).click();
  await expect(page.getByText(say.waiting).first()).toBeVisible();
  await expect(page.getByText(NO_CONNECTOR).first()).toBeVisible();
  await expect(page.getByRole('link', { name: say.create })).toBeVisible();
  // It is still followed after the page has been loaded anew.
  await page.reload();
  await expect(page.getByText(NO_CONNECTOR).first()).toBeVisible();
  await relais.run('New-SendConnector', { Name: 'Vers Internet', Internet: true, AddressSpaces: ['*'] });
  await expect(page.getByText(say.delivered).first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Vers Internet').first()).toBeVisible();
  expect(await relais.received()).toHaveLength(1);
}

test('a test message is followed until it is delivered', async ({ person }) => {
  await follow(person);
});

test.describe('en français', () => {
  test.use({ language: 'fr' });

  test('un message de test est suivi jusqu’à sa remise', async ({ person }) => {
    await follow(person);
  });
});

test('where hosts have asked for less, the queue says how much, until when and in which words', async ({ person, relais }) => {
  const { page } = person;
  await relais.run('Send-TestMessage', { To: 'anna@example.net', Subject: 'limited' });
  // No host of the pretend Internet asks for less: what the server would then say is put into its answer.
  const limit = { PoolHosts: 'mx1.example.net, mx2.example.net', PoolConnections: 3, PoolLimit: '3: 421 4.7.0 Too many connections', PoolLimitUntil: '2027-01-10T14:05:00.000Z' };
  await page.route('**/cmdlets/Get-Queue', async (route) => {
    const response = await route.fetch();
    const queues = (await response.json()) as object[];
    await route.fulfill({ response, json: queues.map((queue) => ({ ...queue, ...limit })) });
  });
  await person.signIn(undefined, undefined, '#/mail-flow/queues');
  await page.getByRole('row').filter({ hasText: words.en.unreachable }).click();
  const details = page.getByRole('complementary');
  await expect(details).toContainText(/Limited to 3 connections until \d{1,2}:05/);
  await expect(details).toContainText('421 4.7.0 Too many connections');
  await expect(details).toContainText('mx1.example.net, mx2.example.net');
  // The list is read again and again.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('what waits is seen with its reason, suspended, resumed and removed', async ({ person, relais }) => {
  const { page } = person;
  await relais.run('Send-TestMessage', { To: 'anna@example.net', Subject: 'the first' });
  await relais.run('Send-TestMessage', { To: 'bob@example.net', Subject: 'the second' });
  await person.signIn(undefined, undefined, '#/mail-flow/queues');
  const queue = page.getByRole('row').filter({ hasText: words.en.unreachable });
  await expect(queue).toContainText('2');
  await queue.click();
  await expect(page.getByText(NO_CONNECTOR).first()).toBeVisible();
  await page.goto(`${relais.url}#/mail-flow/queues/Unreachable/messages`);
  const first = page.getByRole('row').filter({ hasText: 'the first' });
  await first.click();
  await page.getByRole('button', { name: /^Suspend/ }).first().click();
  await expect(first).toContainText('Suspended');
  const statuses = async () => (await relais.run('Get-Message', { SortOrder: '+Subject' })).map((message) => message.Status);
  await expect.poll(statuses).toEqual(['Suspended', 'Ready']);
  await page.getByRole('button', { name: /^Resume/ }).first().click();
  await expect.poll(statuses).toEqual(['Ready', 'Ready']);
});
