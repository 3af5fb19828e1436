// Actions on many messages that are under way, whoever began them: how far they are, and a button to
// end them. What they have done stays done.
import { Button, ProgressBar, makeStyles, tokens } from '@fluentui/react-components';
import { Stop16Regular } from '@fluentui/react-icons/svg/stop';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { asProblem } from '../../../api/problem';
import { useAction, useCmdlet } from '../../../api/queries';
import { notify } from '../../../frame/notifications';
import { useFormat } from '../../../texts/format';

const useStyles = makeStyles({
  one: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) auto',
    columnGap: '16px',
    alignItems: 'center',
    padding: '6px 10px',
    marginBottom: '6px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
  text: { overflowWrap: 'anywhere', fontSize: tokens.fontSizeBase200, marginBottom: '4px' },
});

export function RunningActions(): ReactElement | null {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { may, why } = usePermissions();
  const act = useAction();
  const answer = useCmdlet('Get-QueueAction', {}, { live: 2, enabled: may('Get-QueueAction') });
  const running = (answer.data?.objects ?? []).filter(({ Ended }) => Ended === null);
  if (running.length === 0) return null;
  const stop = async (Identity: string) => {
    try {
      await act('Stop-QueueAction', { Identity, Confirm: false });
    } catch (error) {
      notify({ kind: 'error', title: asProblem(error).message });
    }
  };
  return (
    <div role="status" aria-label={t('queues.underWay')}>
      {running.map((action) => (
        <div key={action.Identity} className={styles.one}>
          <div>
            <div className={styles.text}>
              {t('queues.progress', {
                cmdlet: action.Cmdlet,
                user: action.User,
                done: format.number(action.Done),
                matched: format.number(action.Matched),
                filter: action.Filter,
              })}
            </div>
            <ProgressBar
              aria-label={action.Cmdlet}
              max={Math.max(1, action.Matched)}
              value={action.Done + action.Refused}
            />
          </div>
          <Button
            size="small"
            icon={<Stop16Regular />}
            disabledFocusable={action.State === 'Cancelling' || !may('Stop-QueueAction')}
            title={why('Stop-QueueAction')}
            onClick={() => may('Stop-QueueAction') && void stop(action.Identity)}
          >
            {action.State === 'Cancelling' ? t('queues.stopping') : t('queues.stop')}
          </Button>
        </div>
      ))}
    </div>
  );
}
