import { expect, it } from 'vitest';
import { bestUnit, secondsOf, spanText } from './time-span';

it.each([
  ['00:10:00', 600],
  ['1.00:00:00', 86_400],
  ['2.03:04:05', 183_845],
  ['00:00:01', 1],
  ['10:00', 36_000],
  ['24:00:00', null],
  ['00:60:00', null],
  ['soon', null],
  [10, null],
])('reads %j', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

it.each([
  [600, '00:10:00'],
  [86_400, '1.00:00:00'],
  [183_845, '2.03:04:05'],
  [0, '00:00:00'],
])('writes %j', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

it('finds the unit a span is whole in', () => {
  expect([0, 90, 600, 7200, 172_800].map(bestUnit)).toEqual([
    'seconds',
    'seconds',
    'minutes',
    'hours',
    'days',
  ]);
});
