import { expect, it } from 'vitest';
import { base64, fromBase64 } from './file';

it('bytes are written as base64', () => {
  expect(base64(new Uint8Array())).toBe('');
  expect(base64(Uint8Array.of(0, 255, 16))).toBe('AP8Q');
  expect(base64(Uint8Array.of(251, 239, 190, 1))).toBe('++++AQ==');
});

it('bytes of every length come back', () => {
  for (const length of [1, 2, 3, 8191, 8192, 8193, 20_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
    expect(fromBase64(base64(bytes)).join()).toBe(bytes.join());
  }
  expect(() => fromBase64('*')).toThrow();
});
