import { describe, expect, it } from 'vitest';
import { commandText, valueText } from './command';

describe('commandText', () => {
  it('writes the documented forms', () => {
    expect(
      commandText('New-SendConnector', {
        Name: 'All mail out',
        Internet: true,
        AddressSpaces: ['*'],
      }),
    ).toBe('New-SendConnector -Name "All mail out" -Internet -AddressSpaces *');
    expect(
      commandText('Set-SendConnector', {
        Identity: 'Contoso.com Send Connector',
        FrontendProxyEnabled: true,
      }),
    ).toBe('Set-SendConnector "Contoso.com Send Connector" -FrontendProxyEnabled $true');
    expect(
      commandText('Set-SendConnector', {
        MaxMessageSize: '12MB',
        ConnectionInactivityTimeOut: '00:20:00',
        Identity: 'x',
      }),
    ).toBe('Set-SendConnector x -MaxMessageSize 12MB -ConnectionInactivityTimeOut 00:20:00');
  });

  it('never shows a password', () => {
    expect(commandText('Set-SendConnector', { OAuthClientSecret: 'geheim' })).toBe(
      'Set-SendConnector -OAuthClientSecret (Read-Host -AsSecureString)',
    );
    const parameters = { AuthenticationCredential: { UserName: 'relay', Password: 'geheim' } };
    expect(commandText('Set-SendConnector', parameters)).toBe(
      'Set-SendConnector -AuthenticationCredential (Get-Credential)',
    );
  });

  it('reads files where they are, and never shows what is in them', () => {
    expect(
      commandText('Import-ExchangeCertificate', {
        FileData: { File: "l'été.pfx" },
        Password: 'geheim',
        PrivateKeyExportable: true,
      }),
    ).toBe(
      "Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes('l''été.pfx')) " +
        '-Password (Read-Host -AsSecureString) -PrivateKeyExportable $true',
    );
  });

  it('leaves out switches that are off and what is undefined', () => {
    expect(commandText('X-Y', { Force: false, Custom: true, Comment: undefined })).toBe(
      'X-Y -Custom',
    );
    expect(commandText('X-Y', { Confirm: false })).toBe('X-Y -Confirm:$false');
  });
});

describe('valueText', () => {
  it.each([
    ['contoso.com', 'contoso.com'],
    ['*.contoso.com', '*.contoso.com'],
    ['192.168.3.2', '192.168.3.2'],
    ['SMTP:*;1', '"SMTP:*;1"'],
    ['::1', '"::1"'],
    ['-x', '"-x"'],
    ['007', '"007"'],
    ['1e5', '"1e5"'],
    ['', '""'],
    ['a b', '"a b"'],
    ['$(Get-Date)', "'$(Get-Date)'"],
    ['tick`', "'tick`'"],
    ['say "hi"', `'say "hi"'`],
    ['it\'s "so"', `'it''s "so"'`],
    ['L’envoi', '"L’envoi"'],
    ['L’envoi “fin”', "'L’’envoi “fin”'"],
    ['„x“ $y', "'„x“ $y'"],
    ['one\ntwo $x “y”', '"one`ntwo `$x `“y`”"'],
  ])('quotes %j', (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  it('writes lists, edits of lists, numbers, booleans and nothing', () => {
    expect(valueText(['*', 'SMTP:a.test;2'])).toBe('*,"SMTP:a.test;2"');
    expect(valueText([])).toBe('@()');
    expect(valueText({ Add: ['a', 'b'], Remove: 'c' })).toBe('@{Add="a","b"; Remove="c"}');
    expect(valueText(25)).toBe('25');
    expect(valueText(false)).toBe('$false');
    expect(valueText(null)).toBe('$null');
  });
});
