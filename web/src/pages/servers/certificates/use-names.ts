// The names by which a connector may show the certificates there are (TlsCertificateName).
import { useMemo } from 'react';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { connectorNames } from './certificate';

/** Empty for who may not see certificates. */
export function useCertificateNames(): string[] {
  const { may } = usePermissions();
  const enabled = may('Get-ExchangeCertificate');
  const { data } = useCmdlet('Get-ExchangeCertificate', {}, { enabled });
  return useMemo(() => connectorNames(data?.objects ?? []), [data]);
}
