// Dates, numbers, sizes and durations as the person's language writes them (Intl).
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { localeOf } from '.';
import { bytesOf } from '../parts/size';
import { secondsOf } from '../parts/time-span';

export interface Format {
  number: (value: number) => string;
  dateTime: (value: string | null | undefined) => string;
  date: (value: string | null | undefined) => string;
  /** Of a day that is clear. */
  time: (value: string | null | undefined) => string;
  /** With seconds. */
  exact: (value: string | null | undefined) => string;
  /** ‘3 minutes ago’, ‘in 2 hours’. */
  relative: (value: string | null | undefined, now?: number) => string;
  /** The server's text of a size (‘25 MB (26,214,400 bytes)’, ‘Unlimited’). */
  size: (value: unknown) => string;
  bytes: (value: number) => string;
  /** The server's text of a time span (‘00:10:00’). */
  span: (value: unknown) => string;
  list: (values: readonly string[]) => string;
  compare: (a: string, b: string) => number;
}

/** Everything for one language; pure. */
export function formatFor(locale: string, unlimited: string): Format {
  const numbers = new Intl.NumberFormat(locale);
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction', style: 'narrow' });
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
  const unit = (value: number, name: string, display: 'short' | 'long') =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: display,
      maximumFractionDigits: 1,
    }).format(value);
  const bytes = (value: number) => {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
    let at = 0;
    let rest = value;
    while (rest >= 1024 && at < units.length - 1) {
      rest /= 1024;
      at += 1;
    }
    return unit(rest, units[at] ?? 'byte', at === 0 ? 'long' : 'short');
  };
  return {
    number: (value) => numbers.format(value),
    dateTime: (value) => (value ? dates.format(new Date(value)) : ''),
    date: (value) => (value ? days.format(new Date(value)) : ''),
    time: (value) => (value ? times.format(new Date(value)) : ''),
    exact: (value) => (value ? exact.format(new Date(value)) : ''),
    relative: (value, now = Date.now()) => {
      if (!value) return '';
      const seconds = (new Date(value).getTime() - now) / 1000;
      const steps: [Intl.RelativeTimeFormatUnit, number][] = [
        ['day', 86_400],
        ['hour', 3600],
        ['minute', 60],
      ];
      for (const [name, length] of steps) {
        if (Math.abs(seconds) >= length) return ago.format(Math.trunc(seconds / length), name);
      }
      return ago.format(Math.trunc(seconds), 'second');
    },
    size: (value) => {
      const size = bytesOf(value);
      if (size === null) return '';
      return size === 'unlimited' ? unlimited : bytes(size);
    },
    bytes,
    span: (value) => {
      const seconds = secondsOf(value);
      if (seconds === null) return '';
      const parts: [string, number][] = [
        ['day', Math.floor(seconds / 86_400)],
        ['hour', Math.floor(seconds / 3600) % 24],
        ['minute', Math.floor(seconds / 60) % 60],
        ['second', seconds % 60],
      ];
      const there = parts.filter(([, count]) => count > 0);
      return (there.length > 0 ? there : parts.slice(3))
        .map(([name, count]) => unit(count, name, 'long'))
        .join(' ');
    },
    list: (values) => lists.format(values),
    compare: collator.compare,
  };
}

export function useFormat(): Format {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => formatFor(localeOf(language), t('common.unlimited')), [language, t]);
}
