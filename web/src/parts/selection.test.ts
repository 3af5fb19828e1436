import { expect, it } from 'vitest';
import { NOTHING, all, click, moveTo, prune, target, toggle } from './selection';

const keys = ['a', 'b', 'c', 'd'];

it('moves, extends and toggles', () => {
  const b = moveTo(keys, NOTHING, 'b', {});
  expect([...b.selected]).toEqual(['b']);
  const bd = moveTo(keys, b, 'd', { shift: true });
  expect([...bd.selected]).toEqual(['b', 'c', 'd']);
  expect([...moveTo(keys, bd, 'a', { shift: true }).selected]).toEqual(['a', 'b']);
  const moved = moveTo(keys, bd, 'a', { ctrl: true });
  expect([moved.active, moved.selected.size]).toEqual(['a', 3]);
  expect([...toggle(moved, 'c').selected]).toEqual(['b', 'd']);
  expect([...click(keys, b, 'a', { ctrl: true }).selected]).toEqual(['b', 'a']);
  expect(all(keys, b).selected.size).toBe(4);
});

it('forgets rows that are gone', () => {
  const state = moveTo(keys, NOTHING, 'b', {});
  expect(prune(['a'], state)).toEqual({ active: null, anchor: null, selected: new Set() });
});

it('knows where keys lead', () => {
  expect(target(keys, null, 'ArrowDown', 2)).toBe('a');
  expect(target(keys, 'b', 'ArrowDown', 2)).toBe('c');
  expect(target(keys, 'd', 'ArrowDown', 2)).toBe('d');
  expect(target(keys, 'b', 'PageUp', 2)).toBe('a');
  expect(target(keys, 'a', 'PageDown', 2)).toBe('c');
  expect(target(keys, 'b', 'End', 2)).toBe('d');
  expect(target(keys, 'b', 'x', 2)).toBeUndefined();
  expect(target([], null, 'Home', 2)).toBeUndefined();
});
