// The status of a queue or message.
import { Badge, type BadgeProps } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useWords } from './words';

const COLORS: Readonly<Record<string, BadgeProps['color']>> = {
  Active: 'success',
  Connecting: 'brand',
  Ready: 'informative',
  Retry: 'warning',
  Suspended: 'severe',
  PendingRemove: 'important',
  PendingSuspend: 'severe',
};

export function StatusBadge({ status }: { status: string }): ReactElement {
  const words = useWords();
  return (
    <Badge appearance="tint" shape="rounded" color={COLORS[status] ?? 'informative'}>
      {words.status(status)}
    </Badge>
  );
}
