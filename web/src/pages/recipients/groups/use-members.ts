// The members of a group: all of them, or the first few.
import { useCmdlet } from '../../../api/queries';
import type { Group } from './group';

export function useMembers(
  { Guid }: Pick<Group, 'Guid'>,
  most: number | 'Unlimited' = 'Unlimited',
) {
  return useCmdlet('Get-DistributionGroupMember', { Identity: Guid, ResultSize: most });
}
