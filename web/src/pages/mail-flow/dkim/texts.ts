// The words for configurations and records, in the person's language.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import { algorithmsOf, otherSelector, rsaBits, type DkimConfig } from './config';
import { reasonFor } from './reasons';
import type { Finding, Standing } from './records';

export interface DkimTexts {
  signing: (config: DkimConfig) => string;
  status: (word: string) => string;
  keys: (config: DkimConfig) => string;
  /** What the DNS has of a record; empty where it is as it should be. */
  finding: (finding: Finding | null) => string;
  /** Where a configuration stands and what is to be done, a sentence each. */
  standing: (config: DkimConfig, standing: Standing) => string[];
}

export function useDkimTexts(): DkimTexts {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const why = (text: string): string => {
      const reason = reasonFor(text);
      return reason ? t(`dkim.reasons.${reason.id}`, { value: reason.value }) : text;
    };
    return {
      signing: ({ Enabled }) => (Enabled ? t('dkim.on') : t('dkim.off')),
      status: (word) => t(`dkim.statuses.${word as 'Valid'}`, { defaultValue: word }) as string,
      keys: (config) =>
        algorithmsOf(config)
          .map((algorithm) =>
            algorithm === 'RsaSha256'
              ? t('dkim.rsa', { bits: rsaBits(config) })
              : t(`dkim.algorithms.${algorithm}`),
          )
          .join(', '),
      finding: (finding) => {
        if (finding === null) return t('dkim.findingTexts.unused');
        if (finding.kind === 'published') return '';
        return finding.kind === 'missing'
          ? t('dkim.findingTexts.missing')
          : t(`dkim.findingTexts.${finding.kind}`, { why: why(finding.why) });
      },
      standing: (config, { signing, rotation, oldUntil }) => {
        const other = otherSelector(config);
        const names = {
          now: config.SigningSelector,
          next: other,
          date: format.dateTime(config.RotateOnDate),
        };
        return [
          t(`dkim.standing.${signing}`),
          ...(rotation ? [t(`dkim.rotations.${rotation}`, names)] : []),
          ...(oldUntil
            ? [t('dkim.oldUntil', { selector: other, date: format.dateTime(oldUntil) })]
            : []),
        ];
      },
    };
  }, [t, format]);
}
