import { expect, it } from 'vitest';
import { localText, utcText } from './moment';

it('goes to the field and back without moving', () => {
  const field = localText('2027-05-01T08:30:12.345Z');
  expect(field).toMatch(/^2027-0[45]-\d\dT\d\d:30$/);
  expect(utcText(field)).toBe('2027-05-01 08:30:00');
});

it('knows what is no moment', () => {
  expect(localText(null)).toBe('');
  expect(localText('soon')).toBe('');
  expect(utcText('')).toBeNull();
});
