// The founding document by mouse (seed-walkthrough.md, section B), row by row, in French and in English:
// out of the box nothing leaves; a Send connector is made; what waited leaves, and so does a test.
import { expect, test, type Person } from '../support/fixtures.ts';
import { SERVER } from '../support/relais.ts';
import { openConnectors } from '../support/wizard.ts';
import { label } from '../support/words.ts';

const NAME = 'Contoso.com Send Connector';
const NO_CONNECTOR = 'A matching connector cannot be found to route the external recipient';

async function founding(person: Person): Promise<void> {
  const { page, relais } = person;

  // A3, A4: there is no connector, and mail to the outside waits and says why.
  expect(await relais.run('Get-SendConnector')).toEqual([]);
  await relais.run('Send-TestMessage', { To: 'anna@example.net', Subject: 'A4' });
  await expect
    .poll(async () => (await relais.run('Get-Message')).map((message) => message.LastError))
    .toEqual([expect.stringContaining(NO_CONNECTOR)]);

  // B0, B1: sign in; the list is empty; Add is there, Edit and Delete are not to be used yet.
  await person.signIn();
  await openConnectors(person);
  await expect(person.button('edit')).toBeDisabled();
  await expect(person.button('remove')).toBeDisabled();
  await person.button('add').first().click();
  const wizard = person.dialog('wizard');
  await expect(person.field('name', wizard)).toBeFocused();

  // B2: without a name the page stays; then a name, and Internet.
  await person.button('next', wizard).click();
  await expect(person.field('name', wizard)).toHaveAttribute('aria-invalid', 'true');
  await person.field('name', wizard).fill(NAME);
  await person.radio('internet', wizard).check();
  await person.button('next', wizard).click();

  // B3: MX is chosen without any action; no page about authentication follows.
  await expect(person.radio('mx', wizard)).toBeChecked();
  await person.button('next', wizard).click();

  // B4: the address space; without one the page stays.
  await person.button('next', wizard).click();
  await expect(wizard.getByRole('alert').first()).toBeVisible();
  await person.button('add', wizard).click();
  const domain = person.dialog('addDomain');
  await expect(domain.getByText('SMTP', { exact: true }).or(domain.locator('[value=SMTP]')).first()).toBeVisible();
  await expect(domain.getByLabel(label(person.say('cost')))).toHaveValue('1');
  await domain.getByLabel(label(person.say('fqdn'))).fill('*');
  await person.button('save', domain).click();
  await expect(domain).toBeHidden();
  const row = wizard.getByRole('row').filter({ hasText: 'SMTP' });
  await expect(row).toContainText('*');
  await expect(row).toContainText('1');

  // B5: not scoped.
  await expect(person.check('scoped', wizard)).not.toBeChecked();
  await person.button('next', wizard).click();

  // B6: the source server; Add twice adds it once. The page before has such a button, too.
  await expect(wizard.getByText('4 / 4')).toBeVisible();
  await person.button('add', wizard).click();
  const select = person.dialog('selectServer');
  const offered = select.getByText(SERVER, { exact: true }).first();
  await offered.click();
  const add = select.getByRole('button', { name: new RegExp(`^${person.say('add')}`) });
  await add.click();
  if (await add.isEnabled()) {
    await add.click();
  }
  await person.button('ok', select).click();
  await expect(wizard.getByRole('row').filter({ hasText: SERVER })).toHaveCount(1);

  // B7, B8: saved, closed, in the list.
  await person.button('finish', wizard).click();
  await expect(wizard).toBeHidden();
  const listed = page.getByRole('row').filter({ hasText: NAME });
  await expect(listed).toBeVisible();
  await expect(listed).toContainText(person.say('enabled'));

  // B': the state that this must have produced.
  const [made] = await relais.run('Get-SendConnector', { Identity: NAME });
  expect(made).toMatchObject({
    AddressSpaces: ['SMTP:*;1'],
    DNSRoutingEnabled: true,
    SmartHosts: [],
    SmartHostAuthMechanism: 'None',
    IsScopedConnector: false,
    SourceTransportServers: [SERVER],
    Enabled: true,
    FrontendProxyEnabled: false,
    UseExternalDNSServersEnabled: false,
    RequireTLS: false,
    IgnoreSTARTTLS: false,
    DomainSecureEnabled: false,
    MaxMessageSize: '25 MB (26,214,400 bytes)',
    Port: 25,
    ConnectionInactivityTimeOut: '00:10:00',
    SmtpMaxMessagesPerConnection: 20,
    ProtocolLoggingLevel: 'None',
  });

  // The message of A4 leaves by itself.
  await expect.poll(async () => (await relais.received()).length).toBe(1);
}

test.describe('en français', () => {
  test.use({ language: 'fr' });

  test('le document fondateur, ligne par ligne', async ({ person }) => {
    await founding(person);
  });
});

test('the founding document, row by row', async ({ person }) => {
  await founding(person);
});
