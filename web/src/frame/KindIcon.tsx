// The icon of a kind of notification; its meaning is also in the text beside it.
import { tokens } from '@fluentui/react-components';
import { CheckmarkCircle20Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { DismissCircle20Filled } from '@fluentui/react-icons/svg/dismiss-circle';
import { Info20Filled } from '@fluentui/react-icons/svg/info';
import { Warning20Filled } from '@fluentui/react-icons/svg/warning';
import type { ReactElement } from 'react';
import type { Kind } from './notifications';

const ICONS = {
  success: [CheckmarkCircle20Filled, tokens.colorStatusSuccessForeground1],
  info: [Info20Filled, tokens.colorNeutralForeground2],
  warning: [Warning20Filled, tokens.colorStatusWarningForeground3],
  error: [DismissCircle20Filled, tokens.colorStatusDangerForeground1],
} as const;

export function KindIcon({ kind }: { kind: Kind }): ReactElement {
  const [Icon, color] = ICONS[kind];
  return <Icon aria-hidden style={{ color, flexShrink: 0 }} />;
}
