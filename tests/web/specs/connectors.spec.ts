// The sibling procedures (seed-walkthrough.md, sections C3, E, F, G and H): smart host, partner, internal;
// edit, disable, remove, copy. What was done by mouse is looked at by the API.
import { expect, test } from '../support/fixtures.ts';
import { SERVER } from '../support/relais.ts';
import { label } from '../support/words.ts';
import { addDomain, addSmartHost, begin, edit, finish, openConnectors, row } from '../support/wizard.ts';

const NAME = 'Contoso.com Send Connector';

for (const language of ['fr', 'en'] as const) {
  test.describe(language, () => {
    test.use({ language });

    test('E: through a smart host that wants a password', async ({ person, relais }) => {
      await person.signIn();
      await openConnectors(person);
      const wizard = await begin(person, 'Via relay', 'custom');
      await person.radio('smartHosts', wizard).check();
      // Next is refused with an empty list.
      await person.button('next', wizard).click();
      await expect(person.radio('smartHosts', wizard)).toBeVisible();
      await addSmartHost(person, wizard, '192.168.100.1');
      await addSmartHost(person, wizard, 'relay.contoso.com');
      await person.button('next', wizard).click();
      await expect(person.radio('none', wizard)).toBeChecked();
      await person.radio('basic', wizard).check();
      // Basic without name and password is refused.
      await person.button('next', wizard).click();
      await expect(person.field('userName', wizard)).toHaveAttribute('aria-invalid', 'true');
      await person.field('userName', wizard).fill('relay-user');
      await wizard.locator('input[type=password]').fill('a relay Secret 5');
      // The command that is shown has no password in it.
      await expect(wizard).not.toContainText('a relay Secret 5');
      await person.button('next', wizard).click();
      await addDomain(person, wizard, '*');
      await person.button('next', wizard).click();
      await finish(person, wizard, SERVER);
      await expect(row(person, 'Via relay')).toBeVisible();
      const [made] = await relais.run('Get-SendConnector', { Identity: 'Via relay' });
      expect(made).toMatchObject({
        DNSRoutingEnabled: false,
        SmartHosts: ['192.168.100.1', 'relay.contoso.com'],
        AddressSpaces: ['SMTP:*;1'],
        SourceTransportServers: [SERVER],
      });
      expect(String(made!.SmartHostAuthMechanism)).toMatch(/^BasicAuth/);
      expect(relais.log()).not.toContain('a relay Secret 5');
    });

    test('through a smart host that wants an access token', async ({ person, relais }) => {
      await person.signIn();
      await openConnectors(person);
      const wizard = await begin(person, 'With a token', 'custom');
      await person.radio('smartHosts', wizard).check();
      await addSmartHost(person, wizard, 'smtp.contoso.com');
      await person.button('next', wizard).click();
      await person.radio('oauth', wizard).check();
      // What belongs to it is required.
      await person.button('next', wizard).click();
      await expect(person.field('tokenUrl', wizard)).toHaveAttribute('aria-invalid', 'true');
      await expect(person.field('clientId', wizard)).toHaveAttribute('aria-invalid', 'true');
      await person.field('tokenUrl', wizard).fill('http://login.contoso.com/token');
      await person.field('clientId', wizard).fill('relais');
      await person.field('mailboxToSendAs', wizard).fill('relay@contoso.com');
      await wizard.locator('input[type=password]').fill('a client Secret 6');
      await expect(wizard).not.toContainText('a client Secret 6');
      // The server says what is wrong with the address.
      await expect(person.field('tokenUrl', wizard)).toHaveAttribute('aria-invalid', 'true');
      await person.field('tokenUrl', wizard).fill('https://login.contoso.com/token');
      await expect(person.field('tokenUrl', wizard)).not.toHaveAttribute('aria-invalid', 'true');
      await person.button('next', wizard).click();
      await addDomain(person, wizard, '*');
      await person.button('next', wizard).click();
      await finish(person, wizard, SERVER);
      await expect(row(person, 'With a token')).toBeVisible();
      const [made] = await relais.run('Get-SendConnector', { Identity: 'With a token' });
      expect(made).toMatchObject({
        SmartHostAuthMechanism: 'OAuth2',
        AuthenticationCredential: 'relay@contoso.com',
        OAuthTokenUrl: 'https://login.contoso.com/token',
        OAuthClientId: 'relais',
        OAuthGrantType: 'ClientCredentials',
        OAuthScope: null,
      });
      expect(relais.log()).not.toContain('a client Secret 6');
    });

    test('through a smart host that wants a certificate', async ({ person, relais }) => {
      const NAME = '<I>CN=Our CA<S>CN=contoso.com';
      await person.signIn();
      await openConnectors(person);
      const wizard = await begin(person, 'Certified', 'custom');
      await person.radio('smartHosts', wizard).check();
      await addSmartHost(person, wizard, 'smtp.contoso.com');
      await person.button('next', wizard).click();
      await person.radio('certificate', wizard).check();
      const certificate = wizard.getByLabel(/TlsCertificateName/);
      // Without a name it is refused here, not at the end.
      await person.button('next', wizard).click();
      await expect(certificate).toHaveAttribute('aria-invalid', 'true');
      await certificate.fill('contoso.com');
      await person.button('next', wizard).click();
      await expect(certificate).toHaveAttribute('aria-invalid', 'true');
      await certificate.fill(NAME);
      await person.button('next', wizard).click();
      await addDomain(person, wizard, '*');
      await person.button('next', wizard).click();
      await finish(person, wizard, SERVER);
      await expect(row(person, 'Certified')).toBeVisible();
      const wanted = { SmartHostAuthMechanism: 'ClientCertificate', TlsCertificateName: NAME, AuthenticationCredential: null };
      expect((await relais.run('Get-SendConnector', { Identity: 'Certified' }))[0]).toMatchObject(wanted);
      // The editor leads from any tab to the field where it is missing.
      const dialog = await edit(person, 'Certified');
      await dialog.getByRole('tab', { name: label(person.say('delivery')) }).click();
      await expect(person.radio('certificate', dialog)).toBeChecked();
      const edited = dialog.getByLabel(/TlsCertificateName/);
      await expect(edited).toHaveValue(NAME);
      await edited.fill('');
      await dialog.getByRole('tab', { name: label(person.say('general')) }).click();
      await person.button('save', dialog).click();
      await expect(edited).toHaveAttribute('aria-invalid', 'true');
      await person.radio('none', dialog).check();
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect((await relais.run('Get-SendConnector', { Identity: 'Certified' }))[0]).toMatchObject({
        SmartHostAuthMechanism: 'None',
        TlsCertificateName: null,
      });
    });

    test('F: a partner, by MX only, with TLS', async ({ person, relais }) => {
      await person.signIn();
      await openConnectors(person);
      const wizard = await begin(person, 'Fabrikam', 'partner');
      await expect(person.radio('mx', wizard)).toBeChecked();
      await expect(person.radio('smartHosts', wizard)).toBeDisabled();
      await person.button('next', wizard).click();
      await addDomain(person, wizard, 'fabrikam.com');
      await person.button('next', wizard).click();
      await finish(person, wizard, SERVER);
      const [made] = await relais.run('Get-SendConnector', { Identity: 'Fabrikam' });
      expect(made).toMatchObject({
        AddressSpaces: ['SMTP:fabrikam.com;1'],
        RequireTLS: true,
        TlsAuthLevel: 'DomainValidation',
        DNSRoutingEnabled: true,
      });
    });

    test('G: internal goes to smart hosts only', async ({ person, relais }) => {
      await person.signIn();
      await openConnectors(person);
      const wizard = await begin(person, 'Cross-Forest', 'internal');
      await expect(person.radio('smartHosts', wizard)).toBeChecked();
      await expect(person.radio('mx', wizard)).toBeDisabled();
      await addSmartHost(person, wizard, '64.4.6.100');
      await person.button('next', wizard).click();
      await person.button('next', wizard).click();
      await addDomain(person, wizard, 'fourthcoffee.com');
      await person.button('next', wizard).click();
      await finish(person, wizard, SERVER);
      const [made] = await relais.run('Get-SendConnector', { Identity: 'Cross-Forest' });
      expect(made).toMatchObject({ SmartHosts: ['64.4.6.100'], MaxMessageSize: 'Unlimited' });
    });

    test('C3, H1 to H6: a connector is edited', async ({ person, relais }) => {
      await relais.run('New-SendConnector', { Name: NAME, Internet: true, AddressSpaces: ['*'] });
      await person.signIn();
      await openConnectors(person);
      let dialog = await edit(person, NAME);
      await person.check('proxy', dialog).check();
      await dialog.getByLabel(/^(Comment|Commentaire)/).fill('Vérifié <b>ici</b>');
      await dialog.getByRole('radio', { name: /^(Verbose|Détaillée)/ }).check();
      await dialog.getByLabel(/^(Maximum send message size|Taille maximale des messages envoyés)/).fill('12');
      await dialog.getByRole('tab', { name: label(person.say('scoping')) }).click();
      await person.button('add', dialog).first().click();
      const domain = person.dialog('addDomain');
      await domain.getByLabel(label(person.say('fqdn'))).fill('fabrikam.com');
      await domain.getByLabel(label(person.say('cost'))).fill('2');
      await person.button('save', domain).click();
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect((await relais.run('Get-SendConnector', { Identity: NAME }))[0]).toMatchObject({
        FrontendProxyEnabled: true,
        Comment: 'Vérifié <b>ici</b>',
        ProtocolLoggingLevel: 'Verbose',
        MaxMessageSize: '12 MB (12,582,912 bytes)',
        AddressSpaces: ['SMTP:*;1', 'SMTP:fabrikam.com;2'],
      });
      dialog = await edit(person, NAME);
      await expect(person.check('proxy', dialog)).toBeChecked();
      await dialog.getByLabel(label(person.say('name'))).fill('New name');
      await dialog.getByRole('tab', { name: label(person.say('delivery')) }).click();
      await person.radio('smartHosts', dialog).check();
      await addSmartHost(person, dialog, 'relay.contoso.com');
      await person.button('save', dialog).click();
      await expect(dialog).toBeHidden();
      expect((await relais.run('Get-SendConnector'))[0]).toMatchObject({
        Name: 'New name',
        DNSRoutingEnabled: false,
        SmartHosts: ['relay.contoso.com'],
      });
    });

    test('H5, H9: disabled, enabled, copied, removed', async ({ person, relais }) => {
      await relais.run('New-SendConnector', { Name: NAME, Internet: true, AddressSpaces: ['*'] });
      await person.signIn();
      await openConnectors(person);
      await row(person, NAME).click();
      await person.button('disable').click();
      await expect(row(person, NAME)).toContainText(person.say('disabled'));
      expect((await relais.run('Get-SendConnector'))[0]).toMatchObject({ Enabled: false });
      await person.button('enable').click();
      await expect(row(person, NAME)).toContainText(person.say('enabled'));

      await person.page.getByRole('button', { name: /^(Copy|Copier)$/ }).first().click();
      const copy = person.page.getByRole('dialog');
      for (let page = 0; page < 3; page += 1) {
        await person.button('next', copy).click();
      }
      await person.button('finish', copy).click();
      await expect(copy).toBeHidden();
      expect(await relais.run('Get-SendConnector')).toHaveLength(2);

      await row(person, NAME).first().click();
      await person.button('remove').click();
      const question = person.page.getByRole('alertdialog').or(person.page.getByRole('dialog'));
      await expect(question).toContainText(NAME);
      await expect(person.button('yes', question)).toBeFocused();
      // (Escape would first close the tooltip of the button that was clicked.)
      await person.button('no', question).click();
      await expect(question).toBeHidden();
      expect(await relais.run('Get-SendConnector')).toHaveLength(2);
      await person.button('remove').click();
      await person.button('yes', question).click();
      await expect.poll(async () => (await relais.run('Get-SendConnector')).length).toBe(1);
    });
  });
}

test('H11: what may not be is told at its field, in the server’s words, and nothing changes', async ({ person, relais }) => {
  await relais.run('New-SendConnector', { Name: NAME, Internet: true, AddressSpaces: ['*'] });
  await person.signIn();
  await openConnectors(person);
  const wizard = await begin(person, 'Wrong', 'custom');
  await person.button('next', wizard).click();
  await person.button('add', wizard).click();
  const domain = person.dialog('addDomain');
  await domain.getByLabel(label('Fully Qualified Domain Name (FQDN)')).fill('*contoso.com');
  await person.button('save', domain).click();
  await expect(domain).toContainText('*contoso.com');
  await domain.getByLabel(label('Fully Qualified Domain Name (FQDN)')).fill('contoso.com');
  await domain.getByLabel(label('Cost')).fill('101');
  await person.button('save', domain).click();
  await expect(domain.getByLabel(label('Cost'))).toHaveAttribute('aria-invalid', 'true');
  await person.page.keyboard.press('Escape');
  await expect(domain).toBeHidden();
  await person.button('back', wizard).click();
  await person.button('back', wizard).click();
  await person.field('name', wizard).fill(NAME);
  await person.button('next', wizard).click();
  await expect(person.field('name', wizard)).toHaveAttribute('aria-invalid', 'true');
  expect(await relais.run('Get-SendConnector')).toHaveLength(1);
});

test('the command that is shown does the same in the shell', async ({ person, relais }) => {
  await person.signIn();
  await openConnectors(person);
  const wizard = await begin(person, "O'Brien's $connector", 'internet');
  await person.button('next', wizard).click();
  await addDomain(person, wizard, '*.fabrikam.com');
  await person.button('next', wizard).click();
  const shown = wizard.locator('code, pre').last();
  await wizard.getByRole('button', { name: /command/i }).first().click();
  const command = (await shown.innerText()).trim();
  expect(command).toMatch(/^New-SendConnector /);
  expect(command).toContain("O''Brien''s $connector");
  await relais.shell(command);
  expect((await relais.run('Get-SendConnector'))[0]).toMatchObject({
    Name: "O'Brien's $connector",
    AddressSpaces: ['SMTP:*.fabrikam.com;1'],
  });
});

test('two administrators: who comes second sees what the first has changed', async ({ person, relais }) => {
  await relais.run('New-SendConnector', { Name: NAME, Internet: true, AddressSpaces: ['*'] });
  await person.signIn();
  await openConnectors(person);
  const dialog = await edit(person, NAME);
  await dialog.getByLabel(/^Comment/).fill('mine');
  await relais.run('Set-SendConnector', { Identity: NAME, Comment: 'theirs', MaxMessageSize: '7MB' });
  await person.button('save', dialog).click();
  const conflict = person.page.getByRole('alertdialog');
  await expect(conflict).toContainText('theirs');
  await expect(conflict).toContainText('mine');
  await expect(conflict).toContainText('7');
  await conflict.getByRole('button', { name: 'Apply mine again' }).click();
  await expect(conflict).toBeHidden();
  await expect(dialog).toBeHidden();
  await expect
    .poll(async () => (await relais.run('Get-SendConnector'))[0])
    .toMatchObject({ Comment: 'mine', MaxMessageSize: '7 MB (7,340,032 bytes)' });
});

test('the address that other pages lead to chooses the type', async ({ person }) => {
  await person.signIn(undefined, undefined, '#/mail-flow/send-connectors?new=internet');
  await expect(person.radio('internet', person.dialog('wizard'))).toBeChecked();
});

test('settings that Exchange leaves to the shell are edited', async ({ person, relais }) => {
  await relais.run('New-SendConnector', { Name: NAME, AddressSpaces: ['fabrikam.com'] });
  await person.signIn();
  await openConnectors(person);
  const dialog = await edit(person, NAME);
  await dialog.getByRole('tab', { name: 'Advanced' }).click();
  await dialog.getByRole('checkbox', { name: /ForceHELO/ }).check();
  await dialog.getByRole('checkbox', { name: /DomainSecureEnabled/ }).check();
  await dialog.getByRole('checkbox', { name: /DowngradeDnsFailures/ }).check();
  await dialog.getByRole('checkbox', { name: /UpgradeCustomFailures/ }).check();
  await dialog.getByRole('textbox', { name: /TlsCertificateName/ }).fill('no certificate');
  await expect(dialog.getByRole('textbox', { name: /TlsCertificateName/ })).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByRole('textbox', { name: /TlsCertificateName/ }).fill('<I>CN=Our CA<S>CN=mail.contoso.com');
  await dialog.getByRole('checkbox', { name: /DomainSecureEnabled/ }).uncheck();
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
  expect((await relais.run('Get-SendConnector'))[0]).toMatchObject({
    ForceHELO: true,
    DomainSecureEnabled: false,
    TlsCertificateName: '<I>CN=Our CA<S>CN=mail.contoso.com',
    ErrorPolicies: 'DowngradeDnsFailures, UpgradeCustomFailures',
  });
});

test('what is typed as a script stays text', async ({ person, relais }) => {
  const SCRIPT = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  let asked = false;
  person.page.on('dialog', (dialog) => {
    // The page's own question whether to leave is no script's.
    asked ||= dialog.type() !== 'beforeunload';
    void dialog.accept();
  });
  await relais.run('New-SendConnector', { Name: 'Scripts', Internet: true, AddressSpaces: ['*'], Comment: SCRIPT });
  await person.signIn();
  await openConnectors(person);
  const wizard = await begin(person, SCRIPT.slice(0, 60), 'custom');
  await person.button('next', wizard).click();
  await person.button('add', wizard).click();
  const domain = person.dialog('addDomain');
  await domain.getByLabel(label('Fully Qualified Domain Name (FQDN)')).fill(SCRIPT);
  await person.button('save', domain).click();
  await expect(domain).toBeVisible();
  await person.page.keyboard.press('Escape');
  await person.page.keyboard.press('Escape');
  await person.page.goto(`${relais.url}#/mail-flow/send-connectors`);
  await person.page.reload();
  await row(person, 'Scripts').click();
  await expect(person.page.getByText(SCRIPT).first()).toBeVisible();
  expect(asked).toBe(false);
  expect(await person.page.locator('img[src=x]').count()).toBe(0);
});

test('C: ticked, mail leaves through the front end; cleared, directly again', async ({ person, relais }) => {
  await relais.run('New-SendConnector', { Name: NAME, Internet: true, AddressSpaces: ['*'] });
  await person.signIn();
  await openConnectors(person);
  for (const [times, proxied] of [true, false].entries()) {
    const dialog = await edit(person, NAME);
    await person.check('proxy', dialog).setChecked(proxied);
    await person.button('save', dialog).click();
    await expect(dialog).toBeHidden();
    await relais.run('Send-TestMessage', { To: 'anna@example.net' });
    await expect.poll(async () => (await relais.received()).length, { timeout: 20_000 }).toBe(times + 1);
    const from = (await relais.received()).map((message) => message.clientAddress);
    expect(from.filter((address) => address === '127.0.0.17')).toHaveLength(1);
  }
});
