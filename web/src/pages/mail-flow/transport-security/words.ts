// What Get-TransportSecurity says, in the person's language.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { demanderOf, reasonOf, type Demanded, type Host } from './rows';

export interface Words {
  /** Short, for a badge. */
  demanded: (word: Demanded) => string;
  /** As a sentence. */
  demands: (word: Demanded) => string;
  /** Whose demand it is. */
  demander: (text: string | null) => string;
  /** Why signatures in the DNS are not believed, as a sentence. */
  reason: (detail: string) => string;
  /** How the last session with a host was, in a word or two. */
  lastTls: (host: Host) => string;
}

export function useSecurityWords(): Words {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      demanded: (word) => t(`transportSecurity.demanded.${word}`, { defaultValue: word }),
      demands: (word) => t(`transportSecurity.demands.${word}`, { defaultValue: word }),
      demander: (text) => {
        if (text === null) return '';
        const { by, ...values } = demanderOf(text);
        return by === 'setting' ? text : t(`transportSecurity.demanders.${by}`, values);
      },
      reason: (detail) => {
        const known = reasonOf(detail);
        return known ? t(`transportSecurity.reasons.${known.id}`, { name: known.name }) : detail;
      },
      lastTls: ({ LastSeen, LastTls, LastFailure }) => {
        if (LastTls !== null) return LastTls.split(' ')[0] ?? LastTls;
        if (LastFailure !== null) return t('transportSecurity.failed');
        return t(LastSeen === null ? 'transportSecurity.notSeen' : 'transportSecurity.inClear');
      },
    }),
    [t],
  );
}
