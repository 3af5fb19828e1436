import { describe, expect, it } from 'vitest';
import type { Recipient } from '../recipient';
import {
  BLANK,
  changes,
  commands,
  creation,
  membersAfter,
  remaining,
  settingsOf,
  steps,
  withAdded,
  withRemoved,
  type Group,
  type Settings,
} from './group';
import { broken } from './rules';

const GROUP = {
  Name: 'Sales',
  DisplayName: 'Sales',
  Notes: null,
  PrimarySmtpAddress: 'sales@contoso.com',
  EmailAddresses: [] as string[],
  RequireSenderAuthenticationEnabled: true,
  AcceptMessagesOnlyFromSendersOrMembers: ['Jean'],
  MaxReceiveSize: 'Unlimited',
} as Group;

const BASE = settingsOf(GROUP);
const changed = (part: Partial<Settings>) => changes(BASE, { ...BASE, ...part });

const person = (name: string) =>
  ({ Name: name, Guid: `guid of ${name}`, PrimarySmtpAddress: `${name}@contoso.com` }) as Recipient;
const [anna, eva, jean] = [person('anna'), person('eva'), person('jean')];
const none = { Added: [], Removed: [] };

it('sends nothing that was not changed', () => {
  expect(changed({})).toEqual({});
});

it('sends what was changed, and nothing for what was emptied', () => {
  expect(changed({ DisplayName: 'Sales team', Notes: ' ' })).toEqual({
    DisplayName: 'Sales team',
    Notes: null,
  });
  expect(changed({ AcceptMessagesOnlyFromSendersOrMembers: [] })).toEqual({
    AcceptMessagesOnlyFromSendersOrMembers: null,
  });
  expect(changed({ RequireSenderAuthenticationEnabled: false, MaxReceiveSize: 1024 })).toEqual({
    RequireSenderAuthenticationEnabled: false,
    MaxReceiveSize: '1KB',
  });
});

describe('members', () => {
  it('are as they were but for what is to become of them', () => {
    const more = withAdded(none, [eva]);
    expect(membersAfter([anna], more)).toEqual([anna, eva]);
    const fewer = withRemoved(more, [anna, eva]);
    expect(fewer).toEqual({ Added: [], Removed: [anna] });
    expect(membersAfter([anna], fewer)).toEqual([]);
    expect(withAdded(fewer, [anna, jean])).toEqual({ Added: [jean], Removed: [] });
    // Twice is once.
    expect(withAdded(more, [eva]).Added).toEqual([eva]);
  });

  it('are changed one by one, and what was refused remains', () => {
    const wanted = { Added: [eva, jean], Removed: [anna] };
    const all = steps(wanted);
    expect(all.map(({ cmdlet, recipient }) => [cmdlet.split('-')[0], recipient.Name])).toEqual([
      ['Remove', 'anna'],
      ['Add', 'eva'],
      ['Add', 'jean'],
    ]);
    expect(remaining(wanted, all.slice(0, 2))).toEqual({ Added: [jean], Removed: [] });
  });

  it('are shown as commands after those for the settings', () => {
    const names = (part: Partial<Settings>) =>
      commands(GROUP, { ...BASE, ...part }).map(({ cmdlet }) => cmdlet);
    expect(names({})).toEqual(['Set-DistributionGroup']);
    expect(names({ Added: [eva] })).toEqual(['Add-DistributionGroupMember']);
    const both = commands(GROUP, { ...BASE, Name: 'Ventes', Removed: [eva] });
    expect(both.map(({ parameters }) => parameters)).toEqual([
      { Identity: 'Sales', Name: 'Ventes' },
      { Identity: 'Ventes', Member: 'eva@contoso.com' },
    ]);
  });
});

it('leaves to the server what is not given for a new one', () => {
  expect(creation({ ...BLANK, Name: ' Sales ' })).toEqual({ Name: 'Sales' });
  expect(
    creation({
      ...BLANK,
      Name: 'Sales',
      Notes: 'n',
      RequireSenderAuthenticationEnabled: false,
      Members: [anna],
    }),
  ).toEqual({
    Name: 'Sales',
    Notes: 'n',
    Members: ['anna@contoso.com'],
    RequireSenderAuthenticationEnabled: false,
  });
});

it('tells at once what is missing or plainly wrong', () => {
  expect(broken(BASE)).toEqual({});
  expect(Object.keys(broken({ Name: '', MaxReceiveSize: 'much' }))).toEqual([
    'Name',
    'MaxReceiveSize',
  ]);
});
