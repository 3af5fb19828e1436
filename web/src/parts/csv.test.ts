import { expect, it } from 'vitest';
import { csv, separatorFor } from './csv';

it('quotes what needs it and disarms formulas', () => {
  expect(
    csv(
      [
        ['Name', 'n'],
        ['a "b", c', 3],
        ['=1+1', null],
      ],
      ',',
    ),
  ).toBe('\uFEFFName,n\r\n"a ""b"", c",3\r\n\'=1+1,\r\n');
});

it('uses the separator spreadsheets expect', () => {
  expect(separatorFor('en')).toBe(',');
  expect(separatorFor('fr')).toBe(';');
});
