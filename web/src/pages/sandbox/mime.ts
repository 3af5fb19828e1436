// Reads an Internet message for showing: header fields (RFC 5322) with encoded words (RFC 2047), and
// its parts (RFC 2045) with their transfer encodings undone. Whatever the sender made up, the result is
// plain text of bounded depth and number; nothing is ever interpreted as HTML. Pure.

export interface HeaderField {
  name: string;
  /** Unfolded and decoded. */
  value: string;
}

export interface Part {
  type: string;
  /** The file name, decoded; null where there is none. */
  name: string | null;
  /** Bytes after decoding. */
  size: number;
  /** Its text where it is text; null otherwise. */
  text: string | null;
}

export interface MailText {
  header: HeaderField[];
  parts: Part[];
  /** There was more than is shown. */
  cut: boolean;
}

const MOST_PARTS = 100;
const DEEPEST = 10;
const MOST_TEXT = 1_000_000;

export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const clean = base64.replaceAll(/[^A-Za-z0-9+/]/g, '');
  const whole = clean.slice(0, clean.length - (clean.length % 4 === 1 ? 1 : 0));
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
}

/** Each byte as one character. */
function latin(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return pieces.join('');
}

function bytesOfLatin(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

export function readMail(raw: Uint8Array): MailText {
  const mail: MailText = { header: [], parts: [], cut: false };
  const { fields, body } = split(latin(raw));
  mail.header = fields.map(({ name, value }) => ({ name, value: decodeWords(value) }));
  addParts(mail, fields, body, 0);
  return mail;
}

/** The first field of a name, decoded; from the beginning of a message. */
export function fieldOf(raw: Uint8Array, name: string): string | null {
  const { fields } = split(latin(raw));
  const found = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  return found ? decodeWords(found.value) : null;
}

function split(text: string): { fields: HeaderField[]; body: string } {
  const end = /(?:^|\r?\n)\r?\n/.exec(text);
  const head = end ? text.slice(0, end.index) : text;
  const body = end ? text.slice(end.index + end[0].length) : '';
  const fields: HeaderField[] = [];
  for (const line of head.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.value += line;
    else {
      const at = line.indexOf(':');
      if (at > 0) fields.push({ name: line.slice(0, at).trim(), value: line.slice(at + 1) });
    }
  }
  return { fields: fields.map(({ name, value }) => ({ name, value: value.trim() })), body };
}

function addParts(mail: MailText, fields: readonly HeaderField[], body: string, depth: number) {
  if (mail.parts.length >= MOST_PARTS || depth > DEEPEST) {
    mail.cut = true;
    return;
  }
  const field = (name: string) =>
    fields.find((one) => one.name.toLowerCase() === name)?.value ?? '';
  const content = parameters(field('content-type') || 'text/plain');
  const disposition = parameters(field('content-disposition'));
  const type = content.value.toLowerCase() || 'text/plain';
  const boundary = content.values.get('boundary');
  if (type.startsWith('multipart/') && boundary) {
    for (const piece of pieces(body, boundary)) {
      const inner = split(piece);
      addParts(mail, inner.fields, inner.body, depth + 1);
    }
    return;
  }
  const bytes = decoded(field('content-transfer-encoding'), body);
  const isText = type.startsWith('text/') || type.startsWith('message/');
  if (isText && bytes.length > MOST_TEXT) mail.cut = true;
  mail.parts.push({
    type,
    name: disposition.values.get('filename') ?? content.values.get('name') ?? null,
    size: bytes.length,
    text: isText ? text(bytes.subarray(0, MOST_TEXT), content.values.get('charset')) : null,
  });
}

/** What stands between the lines of a boundary. */
function pieces(body: string, boundary: string): string[] {
  const found: string[] = [];
  let lines: string[] | null = null;
  for (const line of body.split('\n')) {
    const bare = line.trimEnd();
    if (bare === `--${boundary}` || bare === `--${boundary}--`) {
      // The line end before a boundary belongs to the boundary.
      if (lines) found.push(lines.join('\n').replace(/\r$/, ''));
      if (bare.endsWith(`${boundary}--`)) return found;
      lines = [];
    } else lines?.push(line);
  }
  if (lines) found.push(lines.join('\n'));
  return found;
}

function decoded(encoding: string, body: string): Uint8Array {
  const kind = encoding.trim().toLowerCase();
  if (kind === 'base64') return bytesOfBase64(body);
  if (kind === 'quoted-printable') return bytesOfLatin(quotedPrintable(body));
  return bytesOfLatin(body);
}

function quotedPrintable(body: string): string {
  return body
    .replaceAll(/[ \t]+(?=\r?\n|$)/g, '')
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Text of a character set; what is not known is read as UTF-8, or else as Windows-1252. */
function text(bytes: Uint8Array, charset: string | undefined): string {
  for (const name of [charset, 'utf-8']) {
    if (!name || name.toLowerCase() === 'us-ascii') continue;
    try {
      return new TextDecoder(name, { fatal: true }).decode(bytes);
    } catch {
      // The next one then.
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
}

/** Undoes encoded words; white space between two of them does not count. */
export function decodeWords(value: string): string {
  const word = /=\?([\w-]+)(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=/gi;
  const joined = value.replaceAll(/(\?=)[ \t]+(?==\?[\w*-]+\?[bq]\?)/gi, '$1');
  // Neighbouring words of one kind may cut a character in two: their bytes are joined first.
  const pieces: { charset: string; bytes: number[] }[] = [];
  let shown = '';
  let at = 0;
  const flush = () => {
    for (const { charset, bytes } of pieces) shown += text(Uint8Array.from(bytes), charset);
    pieces.length = 0;
  };
  for (const found of joined.matchAll(word)) {
    if (found.index > at) {
      flush();
      shown += plain(joined.slice(at, found.index));
    }
    const charset = (found[1] ?? '').toLowerCase();
    const body = found[3] ?? '';
    const bytes =
      found[2]?.toLowerCase() === 'b'
        ? bytesOfBase64(body)
        : bytesOfLatin(quotedPrintable(body.replaceAll('_', '=20')));
    const last = pieces.at(-1);
    if (last?.charset === charset) last.bytes.push(...bytes);
    else pieces.push({ charset, bytes: [...bytes] });
    at = found.index + found[0].length;
  }
  flush();
  return shown + plain(joined.slice(at));
}

/** Header text outside encoded words: bytes beyond ASCII are UTF-8 (RFC 6532). */
function plain(value: string): string {
  return /[\u0080-\u00ff]/.test(value) ? text(bytesOfLatin(value), 'utf-8') : value;
}

/** A value with parameters: text/plain; charset="utf-8"; name*=utf-8''%C3%A9 (RFC 2231). */
function parameters(field: string): { value: string; values: Map<string, string> } {
  const values = new Map<string, string>();
  const value = (field.split(';')[0] ?? '').trim();
  const pattern = /;\s*([\w!#$&+.^`|~-]+)(?:\*(\d+))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s]*)/g;
  const extended = new Map<string, string>();
  for (const [, rawName = '', , star, written = ''] of field.matchAll(pattern)) {
    const name = rawName.toLowerCase();
    const bare = written.startsWith('"')
      ? written.slice(1, -1).replaceAll(/\\(.)/g, '$1')
      : written;
    if (star) extended.set(name, (extended.get(name) ?? '') + bare);
    else values.set(name, (values.get(name) ?? '') + decodeWords(bare));
  }
  for (const [name, written] of extended) {
    const [charset = '', , ...rest] = written.includes("'")
      ? written.split("'")
      : ['', '', written];
    const bytes = bytesOfLatin(
      rest
        .join("'")
        .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
          String.fromCharCode(parseInt(hex, 16)),
        ),
    );
    values.set(name, text(bytes, charset || 'utf-8'));
  }
  return { value, values };
}
