// The details pane: where a configuration stands, what the DNS has of its records, its keys.
import { Button, Link, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { DetailsPane } from '../../../parts/DetailsPane';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useFormat } from '../../../texts/format';
import { CheckNow } from './CheckNow';
import { isRotating, type DkimConfig } from './config';
import { recordsOf } from './records';
import { RecordStates } from './RecordStates';
import { StandingBar } from './StandingBar';
import { useDkimTexts } from './texts';

const useStyles = makeStyles({
  tools: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', rowGap: '6px' },
});

interface Props {
  configs: readonly DkimConfig[];
  onEnable: (config: DkimConfig, on: boolean) => void;
  onRecords: (config: DkimConfig) => void;
}

export function Details({ configs, onEnable, onRecords }: Props): ReactElement {
  const { t } = useTranslation();
  const [one, ...others] = configs;
  if (!one) return <DetailsPane />;
  if (others.length > 0) {
    return <DetailsPane title={t('list.several', { count: configs.length })} />;
  }
  return <Facts config={one} onEnable={onEnable} onRecords={onRecords} />;
}

function Facts({
  config,
  onEnable,
  onRecords,
}: Omit<Props, 'configs'> & { config: DkimConfig }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  const format = useFormat();
  const texts = useDkimTexts();
  const current = recordsOf(config).filter(({ role }) => role !== 'old');
  const facts = [
    { name: t('common.status'), value: <StandingBar config={config} /> },
    {
      name: t('dkim.columns.signing'),
      value: (
        <>
          {texts.signing(config)}{' '}
          {may('Set-DkimSigningConfig') && (
            <Link as="button" onClick={() => onEnable(config, !config.Enabled)}>
              {config.Enabled ? t('common.disable') : t('common.enable')}
            </Link>
          )}
        </>
      ),
    },
    {
      name: t('dkim.columns.records'),
      value: (
        <div className={styles.tools}>
          <RecordStates records={current} />
          <Button size="small" onClick={() => onRecords(config)}>
            {t('dkim.showRecords')}
          </Button>
          <CheckNow key={config.Guid} config={config} />
        </div>
      ),
    },
    { name: t('dkim.columns.checked'), value: format.exact(config.LastChecked) },
    { name: t('dkim.columns.keys'), value: texts.keys(config) },
    { name: t('dkim.columns.selector'), value: config.SigningSelector },
    { name: t('dkim.columns.made'), value: format.dateTime(config.KeyCreationTime) },
    {
      name: t('dkim.rotateOn'),
      value: isRotating(config) ? format.dateTime(config.RotateOnDate) : '',
    },
    {
      name: t('dkim.canonicalization'),
      value: t('dkim.canonicalizations', {
        header: t(`dkim.formNames.${config.HeaderCanonicalization}`),
        body: t(`dkim.formNames.${config.BodyCanonicalization}`),
      }),
    },
    { name: t('dkim.columns.changed'), value: format.dateTime(config.WhenChanged) },
  ];
  return (
    <DetailsPane title={config.Domain} facts={facts}>
      <ShowCommand cmdlet="Get-DkimSigningConfig" parameters={{ Identity: config.Domain }} />
    </DetailsPane>
  );
}
