// The value of a small dialog, judged by the server 300 ms after the last key and once more on Save.
import { useState } from 'react';
import type { Problem } from '../api/problem';
import { useWhatIf } from '../api/what-if';
import { refusal, type Probe } from './probe';

export interface Judged {
  problem: Problem | null;
  busy: boolean;
  /** Whether the server lets it pass. */
  pass: () => Promise<boolean>;
}

export function useJudged(probe: Probe | null, parameters: readonly string[]): Judged {
  const [refused, setRefused] = useState<{ key: string; problem: Problem } | null>(null);
  const [busy, setBusy] = useState(false);
  const key = JSON.stringify(probe);
  const typed = useWhatIf(
    probe?.cmdlet ?? 'New-SendConnector',
    (probe?.parameters ?? null) as never,
    (problem) => problem.parameter === undefined || !parameters.includes(problem.parameter),
  );
  const pass = async () => {
    if (!probe || busy) return false;
    setBusy(true);
    const problem = await refusal(probe, parameters);
    setBusy(false);
    setRefused(problem && { key, problem });
    return problem === null;
  };
  return { problem: refused?.key === key ? refused.problem : typed.problem, busy, pass };
}
