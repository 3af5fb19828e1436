// Three states of an object compared property by property: as it was when editing began (base), as
// the person wants it (mine), as it is on the server now (theirs). Pure.

export type Side = 'mine' | 'theirs' | 'both';

export interface Difference {
  property: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
  /** Who changed it; both means to different values. */
  changed: Side;
}

type Values = Readonly<Record<string, unknown>>;

/** Values are the same when their JSON is. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The properties somebody changed, in base's order; where both made the same change there is none. */
export function differences(base: object, mine: object, theirs: object): Difference[] {
  const [before, wanted, present] = [base, mine, theirs] as [Values, Values, Values];
  const properties = [...new Set([...Object.keys(base), ...Object.keys(mine)])];
  return properties.flatMap((property): Difference[] => {
    const [b, m, t] = [before[property], wanted[property], present[property]];
    if (same(m, t)) return [];
    const changed = same(b, m) ? 'theirs' : same(b, t) ? 'mine' : 'both';
    return [{ property, base: b, mine: m, theirs: t, changed }];
  });
}

/** Theirs with what mine changed against base on top. */
export function merge<T extends object>(base: T, mine: T, theirs: T): T {
  const merged = { ...theirs };
  for (const key of Object.keys(mine) as (keyof T)[]) {
    if (!same(base[key], mine[key])) merged[key] = mine[key];
  }
  return merged;
}
