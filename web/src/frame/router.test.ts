import { expect, it } from 'vitest';
import { format, parse } from './router';

it('reads what it writes', () => {
  const path = ['mail-flow', 'queues', 'MBX01\\Unreachable / x'];
  const query = { select: 'Vers Internet & co', empty: '' };
  const hash = format(path, { ...query, none: undefined });
  expect(hash).toBe('#/mail-flow/queues/MBX01%5CUnreachable%20%2F%20x?select=Vers+Internet+%26+co');
  expect(parse(hash)).toEqual({ path, query: { select: 'Vers Internet & co' } });
});

it('never fails on odd addresses', () => {
  expect(parse('')).toEqual({ path: [], query: {} });
  expect(parse('#/')).toEqual({ path: [], query: {} });
  expect(parse('#//a//%zz?x')).toEqual({ path: ['a', '%zz'], query: { x: '' } });
  expect(parse('#/a?b=c?d')).toEqual({ path: ['a'], query: { b: 'c?d' } });
});
