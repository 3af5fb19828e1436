// Cmdlets as React sees them. useCmdlet keeps a list fresh: it is read again after every change of
// the directory (events.ts), after every action of this page, and, with `live`, every few seconds.
// useAction runs what changes something, reports it, and freshens what is shown.
import {
  QueryClient,
  keepPreviousData,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import { notify } from '../frame/notifications';
import { run, type Answer, type CmdletName, type Parameters, type RunOptions } from './cmdlets';
import { asProblem, type Problem } from './problem';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && asProblem(error).status === 0,
      staleTime: 5_000,
      refetchOnWindowFocus: true,
    },
  },
});

export interface CmdletOptions {
  /** Read again every so many seconds, without counting as activity. */
  live?: number;
  enabled?: boolean;
  /** Shows the answer to the former parameters until there is one to the present. */
  keep?: boolean;
}

/** The answer of a reading cmdlet. */
export function useCmdlet<Name extends CmdletName>(
  name: Name,
  parameters: Parameters<Name>,
  { live, enabled = true, keep = false }: CmdletOptions = {},
): UseQueryResult<Answer<Name>, Problem> {
  return useQuery<Answer<Name>, Problem>({
    queryKey: ['cmdlet', name, parameters],
    queryFn: ({ signal }) => run(name, parameters, { signal, passive: live !== undefined }),
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(live === undefined ? {} : { refetchInterval: live * 1000 }),
  });
}

export interface ActionOptions extends RunOptions {
  /** Said when it has worked. */
  done?: string;
  /** A warning in the page's own words; null where the page says it elsewhere. */
  warning?: (text: string) => string | null;
}

const asItIs = (text: string): string | null => text;

/** Runs a cmdlet that changes something; warnings and `done` become notifications. Throws Problems. */
export function useAction(): <Name extends CmdletName>(
  name: Name,
  parameters: Parameters<Name>,
  options?: ActionOptions,
) => Promise<Answer<Name>> {
  const client = useQueryClient();
  return useCallback(
    async (name, parameters, { done, warning = asItIs, ...options } = {}) => {
      const answer = await run(name, parameters, options);
      for (const title of answer.warnings.map(warning)) {
        if (title !== null) notify({ kind: 'warning', title });
      }
      if (done) notify({ kind: 'success', title: done });
      await client.invalidateQueries({ queryKey: ['cmdlet'] });
      return answer;
    },
    [client],
  );
}
