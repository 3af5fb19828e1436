// How a certificate stands, and its end, as badges with their words.
import { Badge, type BadgeProps } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import { useNow } from '../../mail-flow/queues/clock';
import { expiryOf, type Certificate } from './certificate';

const COLORS: Readonly<Record<string, BadgeProps['color']>> = {
  Valid: 'success',
  Untrusted: 'warning',
  DateInvalid: 'danger',
  PendingRequest: 'informative',
  Invalid: 'danger',
};

/** The word for a status; one that is not known is shown as it is. */
export function useStatusText(): (status: string) => string {
  const { t } = useTranslation();
  return (status) =>
    t(`certificates.statuses.${status as 'Valid'}`, { defaultValue: status }) as string;
}

export function StatusBadge({ status }: { status: string }): ReactElement {
  const text = useStatusText();
  return (
    <Badge appearance="tint" color={COLORS[status] ?? 'informative'}>
      {text(status)}
    </Badge>
  );
}

/** The day, or a warning where it is near or past. */
export function End({ certificate }: { certificate: Certificate }): ReactElement | null {
  const format = useFormat();
  const expiry = expiryOf(certificate, useNow());
  if (!expiry) return null;
  if (expiry.kind !== 'later') return <EndBadge certificate={certificate} />;
  return (
    <time title={format.exact(certificate.NotAfter)}>{format.date(certificate.NotAfter)}</time>
  );
}

/** The warning alone: nothing while there is time. */
export function EndBadge({ certificate }: { certificate: Certificate }): ReactElement | null {
  const { t } = useTranslation();
  const format = useFormat();
  const expiry = expiryOf(certificate, useNow());
  if (!expiry || expiry.kind === 'later') return null;
  const isPast = expiry.kind === 'past';
  return (
    <Badge
      appearance="tint"
      color={isPast ? 'danger' : 'warning'}
      title={format.exact(certificate.NotAfter)}
    >
      {isPast ? t('certificates.expired') : t('certificates.expiresIn', { count: expiry.days })}
    </Badge>
  );
}
