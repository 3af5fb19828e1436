// Why a record that stands in the DNS will not do, or why the DNS could not be asked: a catalogue by the
// texts of the server. The words are in the section `dkim.reasons` of the texts. Pure.
import type texts from '../../../texts/en';

export type ReasonId = keyof (typeof texts)['dkim']['reasons'];

const KNOWN: readonly (readonly [RegExp, ReasonId])[] = [
  [/^its v= is not DKIM1/, 'version'],
  [/^it has no p=/, 'noKey'],
  [/^its p= is empty/, 'revoked'],
  [/^its p= is another key/, 'otherKey'],
  [/^its k= is not (\S+)/, 'otherType'],
  [/^its h= does not allow/, 'hashes'],
  [/^its s= does not allow/, 'services'],
  [/^(\d+) TXT records where one/, 'several'],
  [/^no answer within (\d+) seconds/, 'noAnswer'],
  [/^(?:the DNS has not been asked)?$/, 'notAsked'],
];

/** The reason, with the value that its sentence names; null for one that is not in the catalogue. */
export function reasonFor(why: string): { id: ReasonId; value: string } | null {
  for (const [pattern, id] of KNOWN) {
    const found = pattern.exec(why);
    if (found) return { id, value: found[1] ?? '' };
  }
  return null;
}
