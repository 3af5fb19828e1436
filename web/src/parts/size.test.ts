import { expect, it } from 'vitest';
import { bytesOf, fromMegabytes, megabytes, sizeText } from './size';

it.each([
  ['25 MB (26,214,400 bytes)', 26_214_400],
  ['1.5 GB (1,610,612,736 bytes)', 1_610_612_736],
  ['10MB', 10_485_760],
  ['10 kb', 10_240],
  ['2048', 2048],
  [4096, 4096],
  ['Unlimited', 'unlimited'],
  ['much', null],
  [undefined, null],
])('reads %j', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes);
});

it.each([
  [26_214_400, '25MB'],
  [1_073_741_824, '1GB'],
  [10_240, '10KB'],
  [1000, '1000'],
  [0, '0'],
  ['unlimited', 'Unlimited'],
] as const)('writes %j', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

it('shows and reads megabytes in the language of the person', () => {
  expect(megabytes(12_582_912, 'fr')).toBe('12');
  expect(megabytes(1_572_864, 'fr')).toBe('1,5');
  expect(fromMegabytes('1,5')).toBe(1_572_864);
  expect(fromMegabytes('1.5')).toBe(1_572_864);
  expect(fromMegabytes('0.0001')).toBe(1024);
  expect(fromMegabytes('-1')).toBeNull();
  expect(fromMegabytes('10MB')).toBeNull();
});
