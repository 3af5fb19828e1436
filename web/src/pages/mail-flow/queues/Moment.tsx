// A moment as people speak of it, counting, with the exact time on hover.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../../../texts';
import { useFormat } from '../../../texts/format';
import { useNow } from './clock';

/** ‘4 min 12 sec’; pure. */
export function shortSpan(seconds: number, locale: string): string {
  const unit = (value: number, name: 'minute' | 'second') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(
      value,
    );
  const minutes = Math.floor(seconds / 60);
  const parts = [minutes > 0 ? unit(minutes, 'minute') : '', unit(seconds % 60, 'second')];
  return parts.filter(Boolean).join(' ');
}

/** ‘in 4 min 12 sec’, down to ‘now’. */
export function Countdown({ to }: { to: string | null }): ReactElement | null {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const now = useNow();
  if (!to) return null;
  const left = Math.ceil((new Date(to).getTime() - now) / 1000);
  const text =
    left <= 0
      ? t('queues.now')
      : left < 3600
        ? t('queues.in', { span: shortSpan(left, localeOf(i18n.language)) })
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

/** When a queue is tried again; a suspended one is not, whatever its clock says. */
export function retryTime(queue: { Status: string; NextRetryTime: string | null }): string | null {
  return queue.Status === 'Suspended' ? null : queue.NextRetryTime;
}
