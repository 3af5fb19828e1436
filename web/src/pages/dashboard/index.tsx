// Dashboard: how the server is, whether mail can leave, what waits. Every card is there only for those
// who may know what it shows.
import { makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { usePermissions } from '../../api/permissions';
import { MailFlowCard } from './MailFlowCard';
import { QueuesCard } from './QueuesCard';
import { ServerCard } from './ServerCard';

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))',
    alignItems: 'start',
    gap: '16px',
    paddingTop: '16px',
    maxWidth: '1200px',
  },
});

export default function Dashboard(): ReactElement {
  const styles = useStyles();
  const { may } = usePermissions();
  return (
    <div className={styles.grid}>
      {may('Get-SendConnector') && <MailFlowCard />}
      <ServerCard />
      {may('Get-Queue') && <QueuesCard />}
    </div>
  );
}
