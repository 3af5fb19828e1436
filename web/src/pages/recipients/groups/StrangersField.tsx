// Whether strangers, who have not signed in, may send to a group.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { RadioField } from '../../../parts/fields';

interface Props {
  /** RequireSenderAuthenticationEnabled. */
  value: boolean;
  onChange: (value: boolean) => void;
}

export function StrangersField({ value, onChange }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <RadioField
      label={t('groups.whoMaySend')}
      parameter="RequireSenderAuthenticationEnabled"
      hint={t('groups.whoMaySendHint')}
      value={value ? 'inside' : 'everybody'}
      onChange={(choice) => onChange(choice === 'inside')}
      choices={[
        { value: 'inside', label: t('groups.onlyInside') },
        { value: 'everybody', label: t('groups.insideAndOutside') },
      ]}
    />
  );
}
