// How the DNS stands, of a configuration and of one record, as a badge with its word.
import { Badge, type BadgeProps } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { DkimConfig } from './config';
import type { Finding } from './records';
import { useDkimTexts } from './texts';

const COLORS: Readonly<Record<string, BadgeProps['color']>> = {
  Valid: 'success',
  RecordMissing: 'warning',
  RecordDiffers: 'danger',
  NotChecked: 'informative',
  published: 'success',
  missing: 'warning',
  differs: 'danger',
  unchecked: 'informative',
  unused: 'informative',
};

export function SigningBadge({ config }: { config: DkimConfig }): ReactElement {
  const texts = useDkimTexts();
  return (
    <Badge appearance="tint" color={config.Enabled ? 'success' : 'informative'}>
      {texts.signing(config)}
    </Badge>
  );
}

export function StatusBadge({ config: { Status } }: { config: DkimConfig }): ReactElement {
  const texts = useDkimTexts();
  return (
    <Badge appearance="tint" color={COLORS[Status] ?? 'informative'}>
      {texts.status(Status)}
    </Badge>
  );
}

export function FindingBadge({ finding }: { finding: Finding | null }): ReactElement {
  const { t } = useTranslation();
  const kind = finding?.kind ?? 'unused';
  return (
    <Badge appearance="tint" color={COLORS[kind] ?? 'informative'}>
      {t(`dkim.findings.${kind}`)}
    </Badge>
  );
}
