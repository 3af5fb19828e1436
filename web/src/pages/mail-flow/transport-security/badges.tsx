// What is demanded of a host, and whether signatures in the DNS are believed, as badges with their words.
import { Badge, type BadgeProps } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Demanded, Validation } from './rows';
import { useSecurityWords } from './words';

const DEMANDS: Readonly<Record<Demanded, BadgeProps['color']>> = {
  None: 'warning',
  Opportunistic: 'informative',
  Encryption: 'brand',
  CertificateValidation: 'success',
  DomainValidation: 'success',
  Dane: 'success',
  Unknown: 'danger',
};

export function DemandBadge({ word }: { word: Demanded }): ReactElement {
  const words = useSecurityWords();
  return (
    <Badge appearance="tint" color={DEMANDS[word]}>
      {words.demanded(word)}
    </Badge>
  );
}

/** Off is how it is wherever nobody has set a validating resolver up: no alarm. */
const VALIDATIONS: Readonly<Record<Validation, BadgeProps['color']>> = {
  Proven: 'success',
  Off: 'informative',
  Lost: 'danger',
};

export function ValidationBadge({ word }: { word: Validation }): ReactElement {
  const { t } = useTranslation();
  return (
    <Badge appearance="tint" shape="rounded" color={VALIDATIONS[word]}>
      {t(`transportSecurity.validations.${word}`)}
    </Badge>
  );
}
