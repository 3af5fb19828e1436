// Names and values of settings for people: for the table of differences.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import type { Form, Setting, Signatures } from './config';

const LABELS = {
  Algorithms: 'dkim.signatures',
  HeaderCanonicalization: 'dkim.header',
  BodyCanonicalization: 'dkim.body',
  KeySize: 'dkim.keySize',
  RotateOnDate: 'dkim.rotateOn',
} as const satisfies Record<Setting, string>;

export function useSettingTexts(): {
  labelOf: (setting: string) => string;
  show: (setting: string, value: unknown) => string;
} {
  const { t } = useTranslation();
  const format = useFormat();
  const show = (setting: Setting, value: unknown): string => {
    if (setting === 'Algorithms') return t(`dkim.signatureChoices.${value as Signatures}`);
    if (setting === 'KeySize') return t('dkim.bits', { bits: String(value) });
    if (setting === 'RotateOnDate') return format.dateTime(value as string) || '–';
    return t(`dkim.formNames.${value as Form}`);
  };
  return {
    labelOf: (setting) => t(LABELS[setting as Setting]),
    show: (setting, value) => show(setting as Setting, value),
  };
}
