// A distribution group as the server gives it, its settings as forms hold them, and the way back: the parameters
// of New- and Set-DistributionGroup, and who becomes a member or is one no more. Settings are named like the
// parameters they become. Pure.
import type { Parameters } from '../../../api/cmdlets';
import type { Described } from '../../../api/outputs';
import { same } from '../../../parts/diff';
import type { Command } from '../../../parts/ShowCommand';
import { bytesOf, sizeText, type Size } from '../../../parts/size';
import { addressesOf } from '../addresses';
import { identityOf, ownDisplayName, joined, without, type Recipient } from '../recipient';

export type Group = Described['DistributionGroup'];

export interface Settings {
  Name: string;
  DisplayName: string;
  Notes: string;
  PrimarySmtpAddress: string;
  EmailAddresses: string[];
  RequireSenderAuthenticationEnabled: boolean;
  AcceptMessagesOnlyFromSendersOrMembers: string[];
  MaxReceiveSize: Size;
  /** Not the members but what is to become of them, so that thousands need not be sent. */
  Added: Recipient[];
  Removed: Recipient[];
}

export type Setting = keyof Settings;

export function settingsOf(group: Group): Settings {
  return {
    Name: group.Name,
    DisplayName: ownDisplayName(group),
    Notes: group.Notes ?? '',
    ...addressesOf(group),
    RequireSenderAuthenticationEnabled: group.RequireSenderAuthenticationEnabled,
    AcceptMessagesOnlyFromSendersOrMembers: group.AcceptMessagesOnlyFromSendersOrMembers,
    MaxReceiveSize: bytesOf(group.MaxReceiveSize) ?? group.MaxReceiveSize,
    Added: [],
    Removed: [],
  };
}

type Membership = Pick<Settings, 'Added' | 'Removed'>;

/** The members as they will be. */
export function membersAfter(
  present: readonly Recipient[],
  { Added, Removed }: Membership,
): Recipient[] {
  return joined(without(present, Removed), Added);
}

/** These become members; who was to go stays. */
export function withAdded({ Added, Removed }: Membership, more: readonly Recipient[]): Membership {
  return {
    Added: joined(Added, without(more, Removed)),
    Removed: without(Removed, more),
  };
}

/** These are members no more; who was to become one does not. */
export function withRemoved(
  { Added, Removed }: Membership,
  gone: readonly Recipient[],
): Membership {
  return {
    Added: without(Added, gone),
    Removed: joined(Removed, without(gone, Added)),
  };
}

/** What Set-DistributionGroup is given. */
export type Given = Partial<Parameters<'Set-DistributionGroup'>>;

/** The parameters of Set-DistributionGroup for what was changed, and the changes of members. */
export function changes(base: Settings, mine: Settings): Given & Partial<Membership> {
  const given: Record<string, unknown> = {};
  const differ = (name: Setting) => !same(base[name], mine[name]);
  for (const name of ['Name', 'PrimarySmtpAddress'] as const) {
    if (differ(name)) given[name] = mine[name].trim();
  }
  for (const name of ['DisplayName', 'Notes'] as const) {
    if (differ(name)) given[name] = mine[name].trim() === '' ? null : mine[name];
  }
  if (differ('EmailAddresses')) given['EmailAddresses'] = mine.EmailAddresses;
  if (differ('RequireSenderAuthenticationEnabled'))
    given['RequireSenderAuthenticationEnabled'] = mine.RequireSenderAuthenticationEnabled;
  const senders = mine.AcceptMessagesOnlyFromSendersOrMembers;
  if (differ('AcceptMessagesOnlyFromSendersOrMembers'))
    given['AcceptMessagesOnlyFromSendersOrMembers'] = senders.length > 0 ? senders : null;
  if (differ('MaxReceiveSize')) given['MaxReceiveSize'] = sizeText(mine.MaxReceiveSize);
  if (mine.Added.length > 0) given['Added'] = mine.Added;
  if (mine.Removed.length > 0) given['Removed'] = mine.Removed;
  return given;
}

/** The settings alone, without the changes of members. */
export function settingsGiven(given: Given & Partial<Membership>): Given {
  const { Added: _, Removed: __, ...settings } = given;
  return settings;
}

/** One change of a member. */
export interface Step {
  cmdlet: 'Add-DistributionGroupMember' | 'Remove-DistributionGroupMember';
  recipient: Recipient;
}

export function steps({ Added = [], Removed = [] }: Partial<Membership>): Step[] {
  return [
    ...Removed.map((recipient) => ({
      cmdlet: 'Remove-DistributionGroupMember' as const,
      recipient,
    })),
    ...Added.map((recipient) => ({ cmdlet: 'Add-DistributionGroupMember' as const, recipient })),
  ];
}

/** The changes of members that remain when these have been made. */
export function remaining(membership: Membership, made: readonly Step[]): Membership {
  const gone = made.map(({ recipient }) => recipient);
  return { Added: without(membership.Added, gone), Removed: without(membership.Removed, gone) };
}

/** How many changes of members are shown as commands: hundreds more are like them. */
const MOST_SHOWN = 50;

/** The commands that saving runs, as they are shown. */
export function commands(group: Group, mine: Settings): [Command, ...Command[]] {
  const given = changes(settingsOf(group), mine);
  const settings = settingsGiven(given);
  const identity = mine.Name.trim() || group.Name;
  const members = steps(given)
    .slice(0, MOST_SHOWN)
    .map(({ cmdlet, recipient }) => ({
      cmdlet,
      parameters: { Identity: identity, Member: identityOf(recipient) },
    }));
  const set = {
    cmdlet: 'Set-DistributionGroup',
    parameters: { Identity: group.Name, ...settings },
  };
  const [first, ...others] = members;
  return first && Object.keys(settings).length === 0 ? [first, ...others] : [set, ...members];
}

/** What is asked for a new one. */
export interface Wanted {
  Name: string;
  DisplayName: string;
  PrimarySmtpAddress: string;
  Notes: string;
  RequireSenderAuthenticationEnabled: boolean;
  Members: Recipient[];
}

export const BLANK: Wanted = {
  Name: '',
  DisplayName: '',
  PrimarySmtpAddress: '',
  Notes: '',
  RequireSenderAuthenticationEnabled: true,
  Members: [],
};

/** The parameters of New-DistributionGroup; what is as usual is left out. */
export function creation(wanted: Wanted): Parameters<'New-DistributionGroup'> {
  const texts = ['PrimarySmtpAddress', 'DisplayName', 'Notes'] as const;
  const given = texts.flatMap((name) => {
    const text = wanted[name].trim();
    return text === '' ? [] : [[name, text]];
  });
  return {
    Name: wanted.Name.trim(),
    ...Object.fromEntries(given),
    ...(wanted.Members.length > 0 ? { Members: wanted.Members.map(identityOf) } : {}),
    ...(wanted.RequireSenderAuthenticationEnabled
      ? {}
      : { RequireSenderAuthenticationEnabled: false }),
  };
}
