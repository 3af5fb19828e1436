// Light or dark: as the system, unless the person has chosen; the choice is remembered. Griffel's
// style elements get the nonce that the server wrote into the page, as the CSP demands.
import {
  createDOMRenderer,
  webDarkTheme,
  webLightTheme,
  type Theme,
} from '@fluentui/react-components';
import { useSyncExternalStore } from 'react';
import { remember, remembered } from './preferences';

export type Choice = 'light' | 'dark' | 'automatic';

const FONTS = "'Segoe UI', 'Segoe UI Web', system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif";
const MONO = "Consolas, 'Cascadia Mono', 'DejaVu Sans Mono', ui-monospace, monospace";
const own = { fontFamilyBase: FONTS, fontFamilyMonospace: MONO };
const light: Theme = { ...webLightTheme, ...own };
// Fluent's dark placeholder and disabled greys are below 4.5:1 on its lighter surfaces.
const dark: Theme = { ...webDarkTheme, ...own, colorNeutralForeground4: '#adadad' };

const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let choice: Choice = asChoice(remembered('theme'));

function asChoice(text: string | null): Choice {
  return text === 'light' || text === 'dark' ? text : 'automatic';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}

export function chooseTheme(next: Choice): void {
  choice = next;
  remember('theme', next);
  for (const listener of listeners) listener();
}

export function useThemeChoice(): Choice {
  return useSyncExternalStore(subscribe, () => choice);
}

export function useTheme(): { theme: Theme; isDark: boolean } {
  const isDark = useSyncExternalStore(
    subscribe,
    () => choice === 'dark' || (choice === 'automatic' && system.matches),
  );
  return { theme: isDark ? dark : light, isDark };
}

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content;

/** Writes the styles. */
export const renderer = createDOMRenderer(
  document,
  nonce ? { styleElementAttributes: { nonce } } : {},
);
