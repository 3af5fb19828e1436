// Validation while typing, by the server itself: the command that would run is sent with
// WhatIf, 300 ms after the last key. What the server refuses is shown at the field of the parameter
// it names; refusals about parameters that the person has not come to yet are left out.
import { useEffect, useRef, useState } from 'react';
import { run, type CmdletName, type Parameters } from './cmdlets';
import { Problem } from './problem';

export interface WhatIf {
  /** The refusal of what stands there now. */
  problem: Problem | null;
  warnings: string[];
  /** Whether an answer is awaited. */
  pending: boolean;
}

const NOTHING: WhatIf = { problem: null, warnings: [], pending: false };
const DELAY = 300;

/** Asks what would happen; null as parameters asks nothing. */
export function useWhatIf<Name extends CmdletName>(
  name: Name,
  parameters: Parameters<Name> | null,
  ignored: (problem: Problem) => boolean = () => false,
): WhatIf {
  const [state, setState] = useState<WhatIf>(NOTHING);
  const key = parameters === null ? null : JSON.stringify(parameters);
  const latest = useRef(ignored);
  useEffect(() => {
    latest.current = ignored;
  });
  useEffect(() => {
    if (key === null) {
      setState(NOTHING);
      return undefined;
    }
    const abort = new AbortController();
    setState((before) => ({ ...before, pending: true }));
    const timer = setTimeout(() => {
      const asked = { ...(JSON.parse(key) as Parameters<Name>), WhatIf: true };
      run(name, asked, { signal: abort.signal })
        .then(({ warnings }) => setState({ problem: null, warnings, pending: false }))
        .catch((error: unknown) => {
          if (abort.signal.aborted) return;
          // Only what the command itself is refused for; a lost connection is told when saving.
          const refused = error instanceof Problem && error.status >= 400 && error.status < 500;
          const problem = refused && !latest.current(error) ? error : null;
          setState({ problem, warnings: [], pending: false });
        });
    }, DELAY);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [name, key]);
  return state;
}
