// French typography: the spaces before « : ; ? ! » » and after « never break the line. Texts are written
// with ordinary spaces, which can be seen and proofread, and get the right ones here. Pure.

const NO_BREAK = '\u00A0';
const NARROW = '\u202F';

function sentence(text: string): string {
  return text
    .replaceAll(/ ([:»])/g, `${NO_BREAK}$1`)
    .replaceAll('« ', `«${NO_BREAK}`)
    .replaceAll(/ ([;?!])/g, `${NARROW}$1`);
}

/** The same texts with unbreakable spaces. */
export function spaced<T>(texts: T): T {
  if (typeof texts === 'string') return sentence(texts) as T;
  const entries = Object.entries(texts as object).map(([key, value]) => [key, spaced(value)]);
  return Object.fromEntries(entries) as T;
}
