import { expect, it } from 'vitest';
import { differences, merge } from './diff';

const base = { a: 1, b: ['x'], c: 'c', d: 'd', e: 'e' };
const mine = { ...base, a: 2, b: ['x', 'y'], d: 'same' };
const theirs = { ...base, a: 3, c: 'C', d: 'same' };

it('says who changed what', () => {
  expect(differences(base, mine, theirs)).toEqual([
    { property: 'a', base: 1, mine: 2, theirs: 3, changed: 'both' },
    { property: 'b', base: ['x'], mine: ['x', 'y'], theirs: ['x'], changed: 'mine' },
    { property: 'c', base: 'c', mine: 'c', theirs: 'C', changed: 'theirs' },
  ]);
});

it('puts my changes on top of theirs', () => {
  expect(merge(base, mine, theirs)).toEqual({ a: 2, b: ['x', 'y'], c: 'C', d: 'same', e: 'e' });
});
