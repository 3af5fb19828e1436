// Sizes as the server writes them: ‘25 MB (26,214,400 bytes)’, ‘10MB’, ‘Unlimited’, a number of
// bytes. Units are binary. Pure.

const UNITS: Record<string, number> = {
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  tb: 1024 ** 4,
};

/** Bytes, 'unlimited', or what was typed that is neither. */
export type Size = number | 'unlimited' | (string & {});

/** The number of bytes; null where the text is no size. */
export function bytesOf(value: unknown): number | 'unlimited' | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^unlimited$/i.test(text)) return 'unlimited';
  const exact = /\(([\d,. \u00a0\u202f]+) bytes\)$/i.exec(text)?.[1];
  if (exact) return Number(exact.replaceAll(/\D/g, ''));
  const parts = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)$/i.exec(text);
  if (!parts) return null;
  const unit = UNITS[(parts[2] ?? '').toLowerCase() || 'b'];
  return unit === undefined ? null : Number((parts[1] ?? '').replace(',', '.')) * unit;
}

/** The shortest exact text for a parameter: 26214400 is ‘25MB’. */
export function sizeText(bytes: Size): string {
  if (bytes === 'unlimited') return 'Unlimited';
  if (typeof bytes !== 'number') return bytes;
  for (const unit of ['gb', 'mb', 'kb'] as const) {
    const size = UNITS[unit] ?? 1;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit.toUpperCase()}`;
  }
  return String(bytes);
}

/** How a field in megabytes shows a size: at most three decimals, in the person's number format. */
export function megabytes(bytes: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: false }).format(
    bytes / 1024 ** 2,
  );
}

/** What was typed into a field in megabytes, as bytes, rounded up to the next KB as the server does. */
export function fromMegabytes(text: string): number | null {
  const parts = /^\d+(?:[.,]\d+)?$/.exec(text.trim());
  if (!parts) return null;
  const bytes = Number(parts[0].replace(',', '.')) * 1024 ** 2;
  return Math.ceil(bytes / 1024) * 1024;
}
