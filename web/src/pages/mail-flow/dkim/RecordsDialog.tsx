// All records of a configuration, ready to publish, with what is to be done next; stays open while they
// are published, and asks the DNS whether they are there.
import { Button, Text, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { CheckNow } from './CheckNow';
import { otherSelector, type DkimConfig } from './config';
import { recordsOf, standingOf } from './records';
import { RecordTexts } from './RecordTexts';
import { StandingBar } from './StandingBar';
import { useConfig } from './use-config';

const useStyles = makeStyles({
  top: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
});

interface Props {
  config: DkimConfig;
  onEnable: (config: DkimConfig) => void;
  onClose: () => void;
}

export function RecordsDialog({ config: shown, onEnable, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  const { config } = useConfig(shown);
  const records = recordsOf(config);
  const now = config.SigningSelector;
  const other = otherSelector(config);
  const groups = [
    { role: 'next', title: t('dkim.groups.next', { selector: other }) },
    {
      role: 'signing',
      title: t(config.Enabled ? 'dkim.groups.signing' : 'dkim.groups.first', { selector: now }),
    },
    { role: 'old', title: t('dkim.groups.old', { selector: other }) },
  ] as const;
  const mayEnable = !config.Enabled && may('Set-DkimSigningConfig');
  const isReady = mayEnable && standingOf(config, 0).signing === 'ready';
  return (
    <ModalDialog
      title={t('dkim.recordsTitle', { domain: config.Domain })}
      size="large"
      onClose={onClose}
      footer={
        <>
          {mayEnable && (
            <Button appearance={isReady ? 'primary' : 'secondary'} onClick={() => onEnable(config)}>
              {t('common.enable')}
            </Button>
          )}
          <Button appearance={isReady ? 'secondary' : 'primary'} onClick={onClose}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      <div className={styles.top}>
        <StandingBar config={config} />
        <CheckNow config={config} />
        <Text>{t('dkim.recordsHint')}</Text>
      </div>
      {groups.map(({ role, title }) => {
        const of = records.filter((record) => record.role === role);
        return of.length > 0 && <RecordTexts key={role} title={title} records={of} />;
      })}
      <ShowCommand cmdlet="Get-DkimSigningConfig" parameters={{ Identity: config.Domain }} />
    </ModalDialog>
  );
}
