import { describe, expect, it } from 'vitest';
import { bytesOfBase64, decodeWords, fieldOf, readMail } from './mime';

const bytes = (...lines: string[]) => new TextEncoder().encode(lines.join('\r\n'));

describe('encoded words', () => {
  it('are decoded', () => {
    expect(decodeWords('=?utf-8?B?w4l0w6k=?= 2027')).toBe('Été 2027');
    expect(decodeWords('=?iso-8859-1?Q?Caf=E9_noir?=')).toBe('Café noir');
    expect(decodeWords('a =?us-ascii?q?b?= c')).toBe('a b c');
    expect(decodeWords("=?utf-8*fr?q?l'=C3=A9t=C3=A9?=")).toBe("l'été");
  });

  it('join without the space between them, even within a character', () => {
    expect(decodeWords('=?utf-8?B?w4l0?= =?utf-8?B?w6k=?=')).toBe('Été');
    expect(decodeWords('=?utf-8?q?=C3?=  =?utf-8?q?=A9?=')).toBe('é');
  });

  it('stay as they are when they are none', () => {
    for (const odd of ['=?utf-8?x?abc?=', '=?utf-8?B?', 'a = b ?= c', '']) {
      expect(decodeWords(odd)).toBe(odd);
    }
    expect(decodeWords('=?no-such-set?q?abc?=')).toBe('abc');
  });
});

describe('messages', () => {
  it('have a header that is unfolded and decoded', () => {
    const raw = bytes(
      'Subject: =?utf-8?q?Bonjour_=C3=A0?=',
      ' =?utf-8?q?_tous?=',
      'X: 1',
      '',
      'Hi',
    );
    const mail = readMail(raw);
    expect(mail.header).toEqual([
      { name: 'Subject', value: 'Bonjour à tous' },
      { name: 'X', value: '1' },
    ]);
    expect(mail.parts).toEqual([{ type: 'text/plain', name: null, size: 2, text: 'Hi' }]);
    expect(fieldOf(raw, 'subject')).toBe('Bonjour à tous');
    expect(fieldOf(raw, 'to')).toBeNull();
  });

  it('have text in base64 and quoted-printable', () => {
    const of = (encoding: string, charset: string, ...body: string[]) =>
      readMail(
        bytes(
          `Content-Type: text/plain; charset="${charset}"`,
          `Content-Transfer-Encoding: ${encoding}`,
          '',
          ...body,
        ),
      ).parts[0]?.text;
    expect(of('base64', 'utf-8', 'w4l0', 'w6k=')).toBe('Été');
    expect(of('Quoted-Printable', 'iso-8859-1', '=C9t=', '=E9  ', 'fin')).toBe('Été\r\nfin');
    expect(of('8bit', 'utf-8', 'Été')).toBe('Été');
    expect(of('8bit', 'no-such-set', 'Été')).toBe('Été');
    expect(of('quoted-printable', 'utf-8', '100 =ZZ')).toBe('100 =ZZ');
  });

  it('have parts, also in parts', () => {
    const mail = readMail(
      bytes(
        'Content-Type: multipart/mixed; boundary="a b"',
        '',
        'preamble',
        '--a b',
        'Content-Type: multipart/alternative; boundary=x',
        '',
        '--x',
        '',
        'plain',
        '--x',
        'Content-Type: text/html; charset=utf-8',
        '',
        '<b onclick=alert(1)>bold</b>',
        '--x--',
        '--a b',
        'Content-Type: application/pdf',
        "Content-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf",
        'Content-Transfer-Encoding: base64',
        '',
        'AAAA',
        '--a b--',
        'epilogue',
      ),
    );
    expect(mail.parts).toEqual([
      { type: 'text/plain', name: null, size: 5, text: 'plain' },
      { type: 'text/html', name: null, size: 28, text: '<b onclick=alert(1)>bold</b>' },
      { type: 'application/pdf', name: 'résumé.pdf', size: 3, text: null },
    ]);
    expect(mail.cut).toBe(false);
  });

  it('are bounded, whatever they are', () => {
    let inner = 'deep';
    for (let level = 0; level < 40; level += 1) {
      inner = [`Content-Type: multipart/mixed; boundary=b${level}`, '', `--b${level}`, inner].join(
        '\n',
      );
    }
    expect(readMail(bytes(inner)).cut).toBe(true);
    const many = [
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...Array.from({ length: 300 }, () => '--b\n\nx'),
    ];
    const mail = readMail(bytes(many.join('\n')));
    expect([mail.parts.length, mail.cut]).toEqual([100, true]);
    expect(readMail(new Uint8Array()).parts[0]?.text).toBe('');
    expect(readMail(bytes('no header at all')).header).toEqual([]);
  });

  it('survive broken base64', () => {
    expect([...bytesOfBase64('AA=A*A A')]).toEqual([0, 0, 0]);
    expect(bytesOfBase64('A')).toHaveLength(0);
    expect(bytesOfBase64('')).toHaveLength(0);
  });
});
