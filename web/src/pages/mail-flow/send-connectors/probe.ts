// How the small dialogs of a connector (add domain, add smart host) ask the server about one value:
// the command that the connector's dialog would run, with that value in it and WhatIf.
import { run, type CmdletName, type Parameters } from '../../../api/cmdlets';
import { asProblem, type Problem } from '../../../api/problem';

export interface Probe {
  cmdlet: Extract<CmdletName, 'New-SendConnector' | 'Set-SendConnector'>;
  parameters: Parameters<'New-SendConnector'> | Parameters<'Set-SendConnector'>;
}

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
