// One cmdlet for each of several queues or messages, four at a time; what became of it is one
// notification, with the command that does the same in the shell.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { run, type CmdletName, type Parameters } from '../../../api/cmdlets';
import { asProblem } from '../../../api/problem';
import { notify } from '../../../frame/notifications';
import { commandText } from '../../../parts/command';

const AT_ONCE = 4;
const SHOWN = 3;

export type Batch = <Name extends CmdletName>(
  name: Name,
  calls: readonly Parameters<Name>[],
  done: (count: number) => string,
) => Promise<void>;

export function useBatch(): Batch {
  const client = useQueryClient();
  return useCallback<Batch>(
    async (name, calls, done) => {
      const waiting = [...calls];
      const refusals = new Map<string, number>();
      const warnings = new Set<string>();
      let worked = 0;
      const worker = async () => {
        for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
          try {
            for (const warning of (await run(name, call)).warnings) warnings.add(warning);
            worked += 1;
          } catch (error) {
            const { message } = asProblem(error);
            refusals.set(message, (refusals.get(message) ?? 0) + 1);
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      for (const warning of warnings) notify({ kind: 'warning', title: warning });
      if (worked > 0) {
        const commands = calls.slice(0, SHOWN).map((call) => commandText(name, call));
        const more = calls.length > SHOWN ? '\n…' : '';
        notify({ kind: 'success', title: done(worked), body: commands.join('\n') + more });
      }
      for (const [title, count] of refusals) {
        notify({ kind: 'error', title: count > 1 ? `${title} (${count})` : title });
      }
      await client.invalidateQueries({ queryKey: ['cmdlet'] });
    },
    [client],
  );
}
