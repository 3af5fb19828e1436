// The PowerShell command of a cmdlet call, quoted so that both Relais' shell and PowerShell read back
// exactly the same values. Secrets never stand in it: a credential is (Get-Credential), another secret
// (Read-Host -AsSecureString). What is in a file does not either: { File: 'its name' } stands for it. Pure.

const SWITCHES = new Set([
  'custom',
  'internal',
  'internet',
  'partner',
  'whatif',
  'force',
  'generaterequest',
  'includeaccepteddomains',
]);

/** Parameters of type SecureString. */
const SECRETS = new Set(['oauthclientsecret', 'password']);

/** The command line for a call; parameters that are undefined are left out. */
export function commandText(cmdlet: string, parameters: Record<string, unknown>): string {
  const words = [cmdlet];
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (name === 'Identity') words.splice(1, 0, valueText(value));
    else if (SWITCHES.has(name.toLowerCase())) {
      if (value === true) words.push(`-${name}`);
    } else if (name === 'Confirm') words.push(value === true ? '-Confirm' : '-Confirm:$false');
    else if (SECRETS.has(name.toLowerCase()) && value !== null)
      words.push(`-${name} (Read-Host -AsSecureString)`);
    else words.push(`-${name} ${valueText(value)}`);
  }
  return words.join(' ');
}

/** One value as an argument. */
export function valueText(value: unknown): string {
  if (value === null) return '$null';
  if (typeof value === 'boolean') return value ? '$true' : '$false';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? '@()' : value.map(valueText).join(',');
  if (typeof value === 'object') {
    if ('Password' in value || 'UserName' in value) return '(Get-Credential)';
    if ('File' in value) return `([System.IO.File]::ReadAllBytes(${literal(String(value.File))}))`;
    const entries = Object.entries(value).map(([key, item]) => {
      const items: unknown[] = Array.isArray(item) ? item : [item];
      return `${key}=${items.map((one) => quoted(String(one))).join(',')}`;
    });
    return `@{${entries.join('; ')}}`;
  }
  return word(String(value));
}

// What may stand bare: * and *.contoso.com, names, sizes (25MB), IPv4 addresses, time spans. Anything
// else is quoted, digits too, since the shell would take them for numbers.
const BARE = [
  /^\*(?:\.[A-Za-z0-9-]+)*$/,
  /^[A-Za-z_][A-Za-z0-9_.-]*$/,
  /^\d+[KMGT]B$/i,
  /^\d+(?:\.\d+){3}$/,
  /^(?:\d+\.)?\d+(?::\d+)+$/,
];

function word(text: string): string {
  return BARE.some((form) => form.test(text)) ? text : quoted(text);
}

/** A text as an argument of a method, which is an expression. */
function literal(text: string): string {
  return `'${text.replaceAll(SINGLE, (quote) => quote + quote)}'`;
}

// PowerShell takes typographic quotes for quotes, so they are escaped like the plain ones.
const DOUBLE = /["“”„]/;
const SINGLE = /['‘’‚‛]/g;
const CONTROL: Record<string, string> = { '\n': '`n', '\r': '`r', '\t': '`t', '\0': '`0' };

function quoted(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\n\r\t\0]/.test(text)) {
    const escaped = text
      .replaceAll(/[`$"“”„]/g, (character) => `\`${character}`)
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\n\r\t\0]/g, (character) => CONTROL[character] ?? '');
    return `"${escaped}"`;
  }
  if (!DOUBLE.test(text) && !/[$`]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll(SINGLE, (quote) => quote + quote)}'`;
}
