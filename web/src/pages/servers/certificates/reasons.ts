// Why the server refuses, and what it warns of: a catalogue by its texts, in the person's words. What is
// not in the catalogue is said as the server says it.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../../api/problem';
import type texts from '../../../texts/en';

type Texts = (typeof texts)['certificates'];
export type ReasonId = keyof Texts['reasons'];
export type WarningId = keyof Texts['warnings'];

const REASONS: readonly (readonly [RegExp, ReasonId])[] = [
  [/: it holds no certificate:/, 'noCertificate'],
  [/: it is larger than (\d+) bytes/, 'tooLarge'],
  [/: it cannot be opened with this password/, 'password'],
  [/: its private key is encrypted/, 'encryptedKey'],
  [/: its private key cannot be used/, 'key'],
  [/: none of its certificates belongs to its private key/, 'stranger'],
  [/: its certificate cannot be read/, 'damaged'],
  [/: "(.*)" is not a name of a server/, 'domain'],
  [/: "(.*)" is not a subject name/, 'subject'],
  [/is the one that TlsCertificateName of "(.*)" names/, 'named'],
];

const WARNINGS: readonly (readonly [RegExp, WarningId])[] = [
  [/ is not of an authority that is trusted here/, 'untrusted'],
  [/ does not count at this time/, 'date'],
  [/^The file has no private key/, 'noKey'],
];

/** The reason, with the value that its sentence names; null for one that is not in the catalogue. Pure. */
export function reasonFor(text: string): { id: ReasonId; value: string } | null {
  for (const [pattern, id] of REASONS) {
    const found = pattern.exec(text);
    if (found) return { id, value: found[1] ?? '' };
  }
  return null;
}

/** Which warning a text is; undefined for others. Pure. */
export function warningOf(text: string): WarningId | undefined {
  return WARNINGS.find(([pattern]) => pattern.test(text))?.[1];
}

export interface Reasons {
  /** The same refusal in the page's words. */
  problem: <P extends Problem | null>(refused: P) => P | Problem;
  warning: (text: string) => string;
}

export function useReasons(): Reasons {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      problem: (refused) => {
        const reason = refused && reasonFor(refused.message);
        if (!refused || !reason) return refused;
        return new Problem(
          refused.status,
          t(`certificates.reasons.${reason.id}`, { value: reason.value }),
          refused,
        );
      },
      warning: (text) => {
        const id = warningOf(text);
        return id === undefined ? text : t(`certificates.warnings.${id}`);
      },
    }),
    [t],
  );
}
