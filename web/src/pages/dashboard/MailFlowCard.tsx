// Whether there is a Send connector that carries mail to the Internet; if there is none, how to make one.
import { Button, Link, Spinner, makeStyles, tokens } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../api/permissions';
import { useCmdlet } from '../../api/queries';
import { ErrorPanel } from '../../parts/ErrorPanel';
import { useFormat } from '../../texts/format';
import { CONNECTORS, NEW_CONNECTOR, TEST } from '../mail-flow/queues/addresses';
import { Card } from './Card';
import { outboundOf, type ConnectorFacts } from './outbound';

const useStyles = makeStyles({
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  steps: {
    margin: 0,
    paddingLeft: '22px',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '6px',
  },
  actions: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '8px 16px' },
});

export function MailFlowCard(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { may, why } = usePermissions();
  const answer = useCmdlet('Get-SendConnector', {}, { live: 10 });
  const title = t('dashboard.mailFlow');
  if (!answer.data) {
    return (
      <Card title={title} wide>
        {answer.error ? (
          <ErrorPanel problem={answer.error} onRetry={() => void answer.refetch()} />
        ) : (
          <Spinner size="small" label={t('common.loading')} />
        )}
      </Card>
    );
  }
  const known = outboundOf(answer.data.objects as unknown as ConnectorFacts[]);
  const links = (
    <div className={styles.actions}>
      {may('Send-TestMessage') && <Link href={TEST}>{t('queues.sendTest')}</Link>}
      <Link href={CONNECTORS}>{t('advice.connectors')}</Link>
    </div>
  );
  const count = (
    <p className={styles.text}>
      {t('dashboard.connectors', {
        enabled: format.number(known.enabled),
        disabled: format.number(known.disabled),
      })}
    </p>
  );
  if (known.internet.length > 0) {
    return (
      <Card title={title} wide tone="good" state={t('dashboard.leaves')}>
        <p className={styles.text}>
          {t('dashboard.leavesText', { names: format.list(known.internet) })}
        </p>
        {count}
        {links}
      </Card>
    );
  }
  if (known.disabledInternet.length > 0) {
    return (
      <Card title={title} wide tone="warning" state={t('dashboard.staysDisabled')}>
        <p className={styles.text}>
          {t('dashboard.staysDisabledText', { names: format.list(known.disabledInternet) })}
        </p>
        {count}
        {links}
      </Card>
    );
  }
  const someOnly = known.some.length > 0;
  return (
    <Card
      title={title}
      tone="warning"
      wide
      state={t(someOnly ? 'dashboard.leavesPartly' : 'dashboard.stays')}
    >
      <p className={styles.text}>
        {someOnly
          ? t('dashboard.leavesPartlyText', { names: format.list(known.some) })
          : t('dashboard.staysText')}
      </p>
      <ol className={styles.steps}>
        <li>{t('dashboard.step1')}</li>
        <li>{t('dashboard.step2')}</li>
        <li>{t('dashboard.step3')}</li>
        <li>{t('dashboard.step4')}</li>
      </ol>
      <p className={styles.text}>{t('dashboard.afterSteps')}</p>
      <div className={styles.actions}>
        <Button
          as="a"
          href={may('New-SendConnector') ? NEW_CONNECTOR : CONNECTORS}
          appearance="primary"
          icon={<Add20Regular />}
          disabledFocusable={!may('New-SendConnector')}
          title={why('New-SendConnector')}
        >
          {t('advice.newConnector')}
        </Button>
        {may('Send-TestMessage') && <Link href={TEST}>{t('queues.sendTest')}</Link>}
      </div>
    </Card>
  );
}
