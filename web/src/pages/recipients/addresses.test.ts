import { expect, it } from 'vitest';
import { addressesOf, drop, listed, put } from './addresses';

const BASE = { PrimarySmtpAddress: 'a@contoso.com', EmailAddresses: ['b@contoso.com'] };

it('keeps the reply address apart from the others', () => {
  const both = { ...BASE, EmailAddresses: ['A@contoso.com', 'b@contoso.com'] };
  expect(addressesOf(both)).toEqual(BASE);
  expect(listed(BASE)).toEqual(['a@contoso.com', 'b@contoso.com']);
});

it('adds, edits, and takes out', () => {
  const more = put(BASE, 'new', 'c@contoso.com', false);
  expect(listed(more)).toEqual(['a@contoso.com', 'b@contoso.com', 'c@contoso.com']);
  expect(listed(put(more, 1, 'd@contoso.com', false))[1]).toBe('d@contoso.com');
  expect(drop(more, 1).EmailAddresses).toEqual(['c@contoso.com']);
  expect(drop(more, 0)).toEqual(more);
});

it('keeps the former reply address among the others', () => {
  const swapped = { PrimarySmtpAddress: 'b@contoso.com', EmailAddresses: ['a@contoso.com'] };
  expect(put(BASE, 1, 'b@contoso.com', true)).toEqual(swapped);
  expect(put(BASE, 'new', 'c@contoso.com', true)).toEqual({
    PrimarySmtpAddress: 'c@contoso.com',
    EmailAddresses: ['a@contoso.com', 'b@contoso.com'],
  });
  // Corrected in its place, it is another one.
  expect(put(BASE, 0, 'aa@contoso.com', true).EmailAddresses).toEqual(['b@contoso.com']);
});
