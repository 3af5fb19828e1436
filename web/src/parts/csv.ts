// Rows as CSV (RFC 4180) with a byte order mark, so that spreadsheets read accents; the separator is
// the one spreadsheets expect in the person's language. Text that a spreadsheet would take for a
// formula is made harmless. Pure, but for `download`.

/** Semicolons where the decimal sign is a comma. */
export function separatorFor(locale: string): string {
  return new Intl.NumberFormat(locale).format(1.5).includes(',') ? ';' : ',';
}

export function csv(
  rows: readonly (readonly (string | number | null | undefined)[])[],
  separator: string,
): string {
  const cell = (value: string | number | null | undefined) => {
    if (typeof value === 'number') return String(value);
    const text = value ?? '';
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /["\r\n,;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  return `\uFEFF${rows.map((row) => row.map(cell).join(separator)).join('\r\n')}\r\n`;
}

/** Lets the browser save something as a file. */
export function download(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
