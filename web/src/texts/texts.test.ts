import { expect, it } from 'vitest';
import { formatFor } from './format';
import en from './en';

const files = import.meta.glob<{ default: object }>('./??.ts', { eager: true });

function flat(texts: object, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : flat(value as object, `${prefix}${key}.`),
  );
}

const languages = Object.entries(files).map(
  ([file, texts]) => [file.slice(2, 4), texts.default] as const,
);
const english = Object.fromEntries(flat(en));

it.each(languages)('%s has every plural form its language needs', (language, texts) => {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const keys = new Set(flat(texts).map(([key]) => key));
  const missing = Object.keys(english)
    .filter((key) => key.endsWith('_other'))
    .flatMap((key) => forms.map((form) => key.replace(/other$/, form)))
    .filter((key) => !keys.has(key));
  expect(missing).toEqual([]);
});

it.each(languages)('%s has the same values in its sentences and no empty text', (_, texts) => {
  const values = (text: string) =>
    [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).toSorted();
  for (const [key, text] of flat(texts)) {
    const pattern = english[key] ?? english[key.replace(/_(zero|two|few|many)$/, '_other')] ?? '';
    expect([key, text === '', values(text)]).toEqual([key, false, values(pattern)]);
  }
});

it('French has typographic apostrophes and unbreakable spaces', () => {
  const french = flat(files['./fr.ts']?.default ?? {});
  expect(french.filter(([, text]) => text.includes("'"))).toEqual([]);
  expect(french.filter(([, text]) => / [:;?!»]|« /.test(text))).toEqual([]);
});

it('writes sizes, spans, lists and dates', () => {
  const fr = formatFor('fr', 'Illimitée');
  const plain = (text: string) => text.replaceAll(/[\u00A0\u202F]/g, ' ');
  expect(plain(fr.size('25 MB (26,214,400 bytes)'))).toBe('25 Mo');
  expect(fr.size('Unlimited')).toBe('Illimitée');
  expect(plain(fr.span('1.00:10:00'))).toBe('1 jour 10 minutes');
  expect(plain(fr.span('00:00:00'))).toBe('0 seconde');
  const now = Date.parse('2024-01-01T12:00:00Z');
  expect(formatFor('en', '').relative('2024-01-01T11:57:00Z', now)).toBe('3 minutes ago');
  expect(fr.dateTime(null)).toBe('');
});
