// Time spans as the server writes them: ‘00:10:00’, ‘1.00:00:00’ (dd.hh:mm:ss). Pure.

/** The number of seconds; null where the text is no time span. Fractions are dropped. */
export function secondsOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?$/.exec(value.trim());
  if (!parts) return null;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  if (hours! > 23 || minutes! > 59 || seconds! > 59) return null;
  return ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!;
}

/** The server's text. */
export function spanText(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days}.${clock}` : clock;
}

export const SPAN_UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
export type SpanUnit = keyof typeof SPAN_UNITS;

/** The largest unit in which a span is a whole number. */
export function bestUnit(seconds: number): SpanUnit {
  if (seconds === 0) return 'seconds';
  if (seconds % 86_400 === 0) return 'days';
  if (seconds % 3600 === 0) return 'hours';
  return seconds % 60 === 0 ? 'minutes' : 'seconds';
}
