// Moments between fields of date and time, which hold local time, and the server, which reads and writes
// UTC. Pure.

/** What a field of date and time holds for a moment of the server; to the minute. */
export function localText(moment: string | null): string {
  const at = moment === null ? Number.NaN : Date.parse(moment);
  if (Number.isNaN(at)) return '';
  const offset = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset).toISOString().slice(0, 16);
}

/** The server's text for what a field holds; null where that is no moment. */
export function utcText(field: string): string | null {
  const at = new Date(field);
  return Number.isNaN(at.getTime()) ? null : at.toISOString().slice(0, 19).replace('T', ' ');
}
