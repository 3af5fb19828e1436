// The commands of several calls, before they are run; of many, the first ones.
import type { ReactElement } from 'react';
import { ShowCommand } from '../../../parts/ShowCommand';

export function Commands({
  cmdlet,
  calls,
}: {
  cmdlet: string;
  calls: readonly object[];
}): ReactElement {
  return (
    <>
      {calls.slice(0, 3).map((call) => (
        <ShowCommand key={JSON.stringify(call)} cmdlet={cmdlet} parameters={call} />
      ))}
    </>
  );
}
