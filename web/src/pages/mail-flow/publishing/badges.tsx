// How a thing stands, as a badge with its word.
import { Badge, type BadgeProps } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Status } from './rows';

const COLORS: Readonly<Record<Status, BadgeProps['color']>> = {
  Good: 'success',
  Warning: 'warning',
  Bad: 'danger',
  Missing: 'severe',
  Unknown: 'informative',
};

export function StatusBadge({ status }: { status: Status }): ReactElement {
  const { t } = useTranslation();
  return (
    <Badge appearance="tint" color={COLORS[status]}>
      {t(`publishing.statuses.${status}`)}
    </Badge>
  );
}
