// Saves a group: first its settings, on condition that it still is what was shown, then its members one by one,
// each of which stands in the log by name. When one is refused, what has been done is done, and the dialog goes
// on with the rest.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { notify } from '../../../frame/notifications';
import { identityOf } from '../recipient';
import {
  remaining,
  settingsGiven,
  settingsOf,
  steps,
  type Given,
  type Group,
  type Settings,
  type Step,
} from './group';

type Membership = Pick<Settings, 'Added' | 'Removed'>;

export interface Saving {
  send: (
    from: Group,
    given: Given & Partial<Membership>,
    mine: Settings,
    keep: (now: Group, rest: Settings) => void,
  ) => Promise<void>;
  /** While many members are changed: how many have been, of how many. */
  progress: { done: number; of: number } | null;
}

/** How many changes are made without telling how far they are. */
const FEW = 10;

export function useSave(): Saving {
  const { t } = useTranslation();
  const act = useAction();
  const client = useQueryClient();
  const [progress, setProgress] = useState<Saving['progress']>(null);

  const change = async (group: string, all: readonly Step[], made: Step[]) => {
    for (const step of all) {
      if (all.length > FEW) setProgress({ done: made.length, of: all.length });
      await changeMember(group, step);
      made.push(step);
    }
  };
  const send: Saving['send'] = async (from, given, mine, keep) => {
    const settings = settingsGiven(given);
    const name = mine.Name.trim();
    if (Object.keys(settings).length > 0)
      await act(
        'Set-DistributionGroup',
        { Identity: from.Name, ...settings },
        { ifMatch: from.ObjectVersion },
      );
    const made: Step[] = [];
    try {
      await change(name, steps(given), made);
      notify({ kind: 'success', title: t('groups.saved', { name }) });
    } catch (error) {
      const [now] = (await run('Get-DistributionGroup', { Identity: from.Guid })).objects;
      if (now) keep(now, { ...settingsOf(now), ...remaining(mine, made) });
      throw error;
    } finally {
      setProgress(null);
      await client.invalidateQueries({ queryKey: ['cmdlet'] });
    }
  };
  return { send, progress };
}

async function changeMember(group: string, { cmdlet, recipient }: Step): Promise<void> {
  const parameters = { Identity: group, Member: identityOf(recipient) };
  try {
    if (cmdlet === 'Add-DistributionGroupMember') await run(cmdlet, parameters);
    else await run(cmdlet, { ...parameters, Confirm: false });
  } catch (error) {
    if (!isSoAlready(cmdlet, asProblem(error))) throw error;
  }
}

/** Whether somebody else has done it meanwhile: who was to be added is a member, who was to go is none. */
function isSoAlready(cmdlet: Step['cmdlet'], { status, id, parameter }: Problem): boolean {
  const refusal = cmdlet === 'Add-DistributionGroupMember' ? 409 : 404;
  return status === refusal && id === undefined && parameter === 'Member';
}
