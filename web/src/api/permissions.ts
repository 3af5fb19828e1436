// Only what the person may run is offered. `may` says whether a cmdlet is among those whoami lists;
// `why` names the management role that is missing, for the tooltip of a disabled button.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CmdletName } from './cmdlets';
import { ROLES } from './roles';
import { useWhoAmI } from './session';

export interface Permissions {
  may: (cmdlet: CmdletName) => boolean;
  /** Undefined where the cmdlet is permitted. */
  why: (cmdlet: CmdletName) => string | undefined;
}

export function usePermissions(): Permissions {
  const { cmdlets } = useWhoAmI();
  const { t } = useTranslation();
  return useMemo(() => {
    const permitted = new Set(cmdlets.map((name) => name.toLowerCase()));
    const may = (cmdlet: CmdletName) => permitted.has(cmdlet.toLowerCase());
    const why = (cmdlet: CmdletName) => {
      if (may(cmdlet)) return undefined;
      return t('common.needsRole', { role: (ROLES[cmdlet] ?? []).join(t('common.or')) || cmdlet });
    };
    return { may, why };
  }, [cmdlets, t]);
}
