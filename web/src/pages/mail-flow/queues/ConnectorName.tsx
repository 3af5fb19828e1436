// The Send connector of a GUID, by its name, as a link to it.
import { Link } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { connectorAddress } from './addresses';

export function ConnectorName({ guid }: { guid: string }): ReactElement {
  const { may } = usePermissions();
  const answer = useCmdlet('Get-SendConnector', {}, { enabled: may('Get-SendConnector') });
  const connectors = (answer.data?.objects ?? []) as unknown as { Guid: string; Name: string }[];
  const found = connectors.find(({ Guid }) => Guid.toLowerCase() === guid.toLowerCase());
  return found ? <Link href={connectorAddress(found.Name)}>{found.Name}</Link> : <>{guid}</>;
}
