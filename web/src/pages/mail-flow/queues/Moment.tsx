// A moment as people speak of it, counting, with the exact time on hover.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { spanText } from '../../../parts/time-span';
import { useFormat } from '../../../texts/format';
import { useNow } from './clock';

/** ‘in 4 minutes 12 seconds’, down to ‘now’. */
export function Countdown({ to }: { to: string | null }): ReactElement | null {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  if (!to) return null;
  const left = Math.ceil((new Date(to).getTime() - now) / 1000);
  const text =
    left <= 0
      ? t('queues.now')
      : left < 3600
        ? t('queues.in', { span: format.span(spanText(left)) })
        : format.relative(to, now);
  return (
    <time dateTime={to} title={format.exact(to)}>
      {text}
    </time>
  );
}

/** ‘3 minutes ago’. */
export function Ago({ at }: { at: string | null }): ReactElement | null {
  const format = useFormat();
  const now = useNow();
  if (!at) return null;
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.relative(at, Math.max(now, new Date(at).getTime()))}
    </time>
  );
}
