// The fields that the dialogs of a configuration share: what signs, and how large keys are.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { SelectField } from '../../../parts/fields';
import { KEY_SIZES, SIGNATURES, type Signatures } from './config';

interface FieldProps<V extends string> {
  value: V;
  onChange: (value: V) => void;
}

export function SignaturesField({ value, onChange }: FieldProps<Signatures>): ReactElement {
  const { t } = useTranslation();
  return (
    <SelectField
      label={t('dkim.signatures')}
      parameter="Algorithms"
      hint={value === 'Ed25519Sha256' ? t('dkim.ed25519Alone') : undefined}
      value={value}
      onChange={onChange}
      choices={SIGNATURES.map((one) => ({ value: one, label: t(`dkim.signatureChoices.${one}`) }))}
    />
  );
}

export function KeySizeField({
  value,
  onChange,
  later,
}: FieldProps<string> & {
  /** It concerns keys that are made some day, not now. */
  later?: boolean;
}): ReactElement {
  const { t } = useTranslation();
  const costs = value === '4096' ? t('dkim.keySizeHint') : undefined;
  return (
    <SelectField
      label={t('dkim.keySize')}
      parameter="KeySize"
      hint={costs ?? (later ? t('dkim.keySizeLater') : undefined)}
      value={value}
      onChange={onChange}
      choices={KEY_SIZES.map((size) => ({ value: size, label: t('dkim.bits', { bits: size }) }))}
    />
  );
}
