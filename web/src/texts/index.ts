// Languages: every file xx.ts beside this one. Only the chosen language is downloaded. The choice is
// the remembered one, else the browser's first language that exists here, else English; dates and
// numbers follow the browser's regional variant of it (fr-CA, en-GB).
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { remembered, remember } from '../frame/preferences';
import { setRequestLanguage } from '../api/request';
import type en from './en';
import type { Texts } from './en';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

const files = import.meta.glob<{ default: Texts }>('./??.ts');

/** The languages there are, as two-letter tags. */
export const languages: string[] = Object.keys(files)
  .map((file) => file.slice(2, 4))
  .toSorted();

/** A language's own name for itself. */
export function nameOf(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** The regional variant that the browser prefers of a language. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language;
}

function preferred(): string {
  const wishes = [remembered('language') ?? '', ...navigator.languages];
  const known = wishes.map((wish) => wish.slice(0, 2).toLowerCase());
  return known.find((wish) => languages.includes(wish)) ?? 'en';
}

/** Loads the first language; to be awaited before anything is drawn. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'cimode',
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await load(preferred());
}

/** Changes the language and remembers it. */
export async function chooseLanguage(language: string): Promise<void> {
  remember('language', language);
  await load(language);
}

async function load(language: string): Promise<void> {
  const file = await files[`./${language}.ts`]?.();
  if (file) i18next.addResourceBundle(language, 'translation', file.default);
  setRequestLanguage(language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
