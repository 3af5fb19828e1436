// A configuration as the list has it now, and how to have the DNS asked again: reading configurations
// asks it each time.
import { useCallback } from 'react';
import { useCmdlet } from '../../../api/queries';
import type { DkimConfig } from './config';

export interface LiveConfig {
  config: DkimConfig;
  /** Asks the DNS. */
  check: () => Promise<void>;
  checking: boolean;
}

export function useConfig(shown: DkimConfig): LiveConfig {
  const { data, refetch, isFetching } = useCmdlet('Get-DkimSigningConfig', {});
  const check = useCallback(async () => void (await refetch()), [refetch]);
  const now = data?.objects.find(({ Guid }) => Guid === shown.Guid);
  return { config: now ?? shown, check, checking: isFetching };
}
