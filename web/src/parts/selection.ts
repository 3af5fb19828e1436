// Which rows of a list are selected, and which one the keyboard is at. Pure: a move, a click or a
// toggle gives the next state. Shift extends from the anchor, Ctrl moves without selecting.

export interface Selection {
  active: string | null;
  anchor: string | null;
  selected: ReadonlySet<string>;
}

export interface Modifiers {
  shift?: boolean;
  ctrl?: boolean;
}

export const NOTHING: Selection = { active: null, anchor: null, selected: new Set() };

/** The keyboard goes to a row. */
export function moveTo(
  keys: readonly string[],
  state: Selection,
  key: string,
  { shift, ctrl }: Modifiers,
): Selection {
  if (shift) {
    const selected = between(keys, state.anchor ?? key, key);
    return { active: key, anchor: state.anchor ?? key, selected };
  }
  if (ctrl) return { ...state, active: key };
  return { active: key, anchor: key, selected: new Set([key]) };
}

/** The mouse is pressed on a row. */
export function click(
  keys: readonly string[],
  state: Selection,
  key: string,
  modifiers: Modifiers,
): Selection {
  return modifiers.ctrl && !modifiers.shift
    ? toggle(state, key)
    : moveTo(keys, state, key, modifiers);
}

export function toggle(state: Selection, key: string): Selection {
  const selected = new Set(state.selected);
  if (!selected.delete(key)) selected.add(key);
  return { active: key, anchor: key, selected };
}

export function all(keys: readonly string[], state: Selection): Selection {
  return { ...state, selected: new Set(keys) };
}

/** Forgets rows that are gone. */
export function prune(keys: readonly string[], state: Selection): Selection {
  const there = new Set(keys);
  const alive = (key: string | null) => (key !== null && there.has(key) ? key : null);
  const selected = new Set([...state.selected].filter((key) => there.has(key)));
  return { active: alive(state.active), anchor: alive(state.anchor), selected };
}

/** Where an arrow or page key leads from the active row; undefined for other keys. */
export function target(
  keys: readonly string[],
  active: string | null,
  pressed: string,
  page: number,
): string | undefined {
  const at = active === null ? -1 : keys.indexOf(active);
  const last = keys.length - 1;
  const steps: Record<string, number> = {
    ArrowDown: Math.min(last, at + 1),
    ArrowUp: Math.max(0, at - 1),
    PageDown: Math.min(last, at + page),
    PageUp: Math.max(0, at - page),
    Home: 0,
    End: last,
  };
  const index = steps[pressed];
  return index === undefined ? undefined : keys[index];
}

function between(keys: readonly string[], from: string, to: string): Set<string> {
  const [a, b] = [keys.indexOf(from), keys.indexOf(to)].toSorted((x, y) => x - y);
  return new Set(a === undefined || a < 0 || b === undefined ? [to] : keys.slice(a, b + 1));
}
