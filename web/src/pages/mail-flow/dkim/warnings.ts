// Warnings of the cmdlets as this page says them: what it shows anyway is left out.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

export type Warning = 'publish' | 'takesOver' | 'keepRecords' | 'notAccepted';

const KNOWN: readonly (readonly [RegExp, Warning])[] = [
  [/^Publish these records in the DNS of /, 'publish'],
  [/ signs until .*Keep the records/s, 'takesOver'],
  [/^Keep the records of /, 'keepRecords'],
  [/ is not an accepted domain/, 'notAccepted'],
];

/** Which warning a text is; undefined for others. Pure. */
export function warningOf(text: string): Warning | undefined {
  return KNOWN.find(([pattern]) => pattern.test(text))?.[1];
}

/** For useAction's `warning`. */
export function useWarnings(): (domain: string) => (text: string) => string | null {
  const { t } = useTranslation();
  return useCallback(
    (domain) => (text) => {
      const known = warningOf(text);
      if (known === 'publish' || known === 'takesOver') return null;
      return known === undefined ? text : t(`dkim.${known}`, { domain });
    },
    [t],
  );
}
