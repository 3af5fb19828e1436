// What became of a message: the answer first, then every step.
import {
  MessageBar,
  MessageBarBody,
  Spinner,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useEffect, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { EmptyState } from '../../../parts/EmptyState';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useNow } from '../queues/clock';
import { Delivered, Failed } from './Ended';
import { rememberEnd, useTests } from './history';
import { Timeline } from './Timeline';
import { useFollow } from './use-follow';
import { Waiting } from './Waiting';

/** How long a message may be nowhere before that is said. */
const PATIENCE = 8000;

const useStyles = makeStyles({
  box: { display: 'flex', flexDirection: 'column', rowGap: '16px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500 },
  id: {
    margin: '4px 0 0',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  head: { margin: '0 0 8px', fontSize: tokens.fontSizeBase400 },
});

export function Follow({ id, at }: { id: string; at: string | undefined }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may, why } = usePermissions();
  const now = useNow();
  const test = useTests().find((one) => one.id === id);
  const all = useFollow(id, at);
  const { fates, messages, queues, steps, settled, loaded, problem } = all;
  const delivered = fates.filter(({ standing }) => standing === 'delivered');
  const failed = fates.filter(({ standing }) => standing === 'failed' || standing === 'removed');
  const end = settled ? (failed.length > 0 ? 'failed' : 'delivered') : undefined;
  useEffect(() => rememberEnd(id, end), [id, end]);
  const isNowhere = loaded && fates.length === 0 && messages.length === 0;
  const isLate = at === undefined || now - Date.parse(at) > PATIENCE;
  const lastDeferral = steps.findLast(({ event }) => event === 'defer')?.lastAt ?? null;
  return (
    <section className={styles.box} aria-labelledby="follow-title">
      <div>
        <h2 id="follow-title" className={styles.title}>
          {all.subject ?? test?.subject ?? t('testMessage.message')}
        </h2>
        <p className={styles.id} translate="no">
          {id}
        </p>
      </div>
      {problem && <ErrorPanel problem={problem} onRetry={all.refresh} />}
      <div role="status" className={styles.box}>
        {delivered.map((fate) => (
          <Delivered key={fate.recipient} fate={fate} id={id} />
        ))}
        {failed.map((fate) => (
          <Failed
            key={fate.recipient}
            fate={fate}
            isReported={steps.some(({ event }) => event === 'dsn')}
          />
        ))}
        {messages.map((message) => (
          <Waiting
            key={message.Identity}
            message={message}
            queue={queues.find(({ Identity }) => Identity === message.Queue)}
            deferredAt={lastDeferral}
            interval={all.interval}
          />
        ))}
        {!settled && messages.length === 0 && !(isNowhere && isLate) && (
          <Spinner
            size="small"
            label={t(fates.length > 0 ? 'testMessage.underWay' : 'testMessage.looking')}
          />
        )}
      </div>
      {isNowhere && isLate && (
        <EmptyState
          title={t('testMessage.nowhere')}
          text={t(
            may('Get-MessageTrackingLog') ? 'testMessage.nowhereText' : 'testMessage.leftText',
          )}
        />
      )}
      {!may('Get-MessageTrackingLog') && (
        <MessageBar layout="multiline">
          <MessageBarBody>
            {t('testMessage.noTracking', { why: why('Get-MessageTrackingLog') })}
          </MessageBarBody>
        </MessageBar>
      )}
      {steps.length > 0 && (
        <section aria-labelledby="steps-title">
          <h3 id="steps-title" className={styles.head}>
            {t('testMessage.steps')}
          </h3>
          <Timeline steps={steps} />
        </section>
      )}
      <ShowCommand cmdlet="Get-MessageTrackingLog" parameters={{ MessageId: id }} />
    </section>
  );
}
