// How a small dialog (add domain, add smart host, add address) asks the server about one value: the command
// that the dialog behind it would run, with that value in it and WhatIf.
import { run, type CmdletName, type Parameters } from '../api/cmdlets';
import { asProblem, type Problem } from '../api/problem';

export type Probe = {
  [Name in CmdletName]: { cmdlet: Name; parameters: Parameters<Name> };
}[CmdletName];

/** The refusal of the parameters named; null when there is none or the server cannot say. */
export async function refusal(
  probe: Probe,
  parameters: readonly string[],
): Promise<Problem | null> {
  try {
    await run(probe.cmdlet, { ...probe.parameters, WhatIf: true } as never);
    return null;
  } catch (error) {
    const problem = asProblem(error);
    return problem.parameter !== undefined && parameters.includes(problem.parameter)
      ? problem
      : null;
  }
}
