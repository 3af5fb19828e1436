import { expect, it } from 'vitest';
import { joined, ownDisplayName, without, type Recipient } from './recipient';

const person = (name: string) => ({ Name: name, Guid: `guid of ${name}` }) as Recipient;
const [anna, eva] = [person('anna'), person('eva')];

it('knows recipients by their GUIDs', () => {
  expect(joined([anna], [{ ...anna, Name: 'renamed' }, eva])).toEqual([anna, eva]);
  expect(without([anna, eva], [person('anna')])).toEqual([eva]);
});

it('shows a display name only where it is another one', () => {
  expect(ownDisplayName({ Name: 'anna', DisplayName: 'anna' })).toBe('');
  expect(ownDisplayName({ Name: 'anna', DisplayName: 'Anna Berg' })).toBe('Anna Berg');
});
