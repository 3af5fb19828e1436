// What a certificate is shown for, as check boxes.
import { Label } from '@fluentui/react-components';
import { useId, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckField } from '../../../parts/fields';
import { SERVICES, type Service } from './certificate';

interface Props {
  value: readonly Service[];
  onChange: (services: Service[]) => void;
}

export function ServiceChecks({ value, onChange }: Props): ReactElement {
  const { t } = useTranslation();
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <Label id={id}>{t('certificates.columns.services')}</Label>
      {SERVICES.map((service, index) => (
        <CheckField
          key={service}
          label={t(`certificates.services.${service}`)}
          hint={t(`certificates.serviceHints.${service}`)}
          // What is refused is said once, below the last.
          parameter={index === SERVICES.length - 1 ? 'Services' : undefined}
          checked={value.includes(service)}
          onChange={(on) =>
            onChange(SERVICES.filter((one) => (one === service ? on : value.includes(one))))
          }
        />
      ))}
    </div>
  );
}
