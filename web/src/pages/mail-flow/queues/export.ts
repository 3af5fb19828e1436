// A message as a file, built from what Export-Message gives.
import { useCallback } from 'react';
import { run } from '../../../api/cmdlets';
import { asProblem } from '../../../api/problem';
import { notify } from '../../../frame/notifications';
import { download } from '../../../parts/csv';
import { bytesOfBase64 } from '../../sandbox/mime';

export function useExport(): (identity: string) => Promise<void> {
  return useCallback(async (Identity: string) => {
    try {
      const { objects } = await run('Export-Message', { Identity });
      const exported = objects[0];
      if (!exported) return;
      const name = exported.Identity.replaceAll(/[^\w.-]+/g, '-');
      download(`${name}.eml`, 'message/rfc822', bytesOfBase64(exported.FileData));
    } catch (error) {
      notify({ kind: 'error', title: asProblem(error).message });
    }
  }, []);
}
