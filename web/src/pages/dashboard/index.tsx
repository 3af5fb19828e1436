// Dashboard: how the server is, whether mail can leave, what waits. Every card is there only for those
// who may know what it shows.
import { makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { usePermissions } from '../../api/permissions';
import { DnssecCard } from './DnssecCard';
import { MailFlowCard } from './MailFlowCard';
import { QueuesCard } from './QueuesCard';
import { ServerCard } from './ServerCard';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(320px, 400px)',
    '@media (max-width: 1100px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
    alignItems: 'start',
    gap: '16px',
    paddingTop: '16px',
    maxWidth: '1200px',
  },
  stack: { display: 'flex', flexDirection: 'column', rowGap: '16px', minWidth: 0 },
});

export default function Dashboard(): ReactElement {
  const styles = useStyles();
  const { may } = usePermissions();
  return (
    <div className={styles.grid}>
      {may('Get-SendConnector') && <MailFlowCard />}
      {(may('Get-Queue') || may('Get-TransportSecurity')) && (
        <div className={styles.stack}>
          {may('Get-Queue') && <QueuesCard />}
          {may('Get-TransportSecurity') && <DnssecCard />}
        </div>
      )}
      <ServerCard />
    </div>
  );
}
