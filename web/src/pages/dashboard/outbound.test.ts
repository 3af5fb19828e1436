import { expect, it } from 'vitest';
import { isForAll, outboundOf } from './outbound';

it('knows what is for every domain', () => {
  for (const space of ['SMTP:*;1', 'smtp:*;100', '*', '*;5']) expect(isForAll(space)).toBe(true);
  for (const space of ['SMTP:*.contoso.com;1', 'SMTP:contoso.com;1', 'X400:*;1', '--']) {
    expect(isForAll(space)).toBe(false);
  }
});

it('sorts connectors by what they carry', () => {
  const connector = (Name: string, Enabled: boolean, ...AddressSpaces: string[]) => ({
    Name,
    Enabled,
    AddressSpaces,
  });
  expect(
    outboundOf([
      connector('A', true, 'SMTP:fabrikam.com;1', 'SMTP:*;1'),
      connector('B', false, 'SMTP:*;2'),
      connector('C', true, 'SMTP:*.contoso.com;1'),
    ]),
  ).toEqual({ internet: ['A'], disabledInternet: ['B'], some: ['C'], enabled: 2, disabled: 1 });
  expect(outboundOf([]).internet).toEqual([]);
});
