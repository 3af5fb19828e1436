// The answer to ‘what became of it?’: delivered, failed, or waiting, with everything that explains it.
import {
  Button,
  Link,
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkCircle24Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { Clock24Filled } from '@fluentui/react-icons/svg/clock';
import { ErrorCircle24Filled } from '@fluentui/react-icons/svg/error-circle';
import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useWhoAmI } from '../../../api/session';
import { useFormat } from '../../../texts/format';
import { useSandboxMessages } from '../../sandbox/sandbox';
import { SANDBOX, connectorAddress, queueAddress } from '../queues/addresses';
import { presentError } from '../queues/advice';
import { AdviceBox } from '../queues/AdviceBox';
import { useBatch } from '../queues/batch';
import { Countdown } from '../queues/Moment';
import type { Message, Queue } from '../queues/outputs';
import { StatusBadge } from '../queues/StatusBadge';
import { useWords } from '../queues/words';
import { nextFor, type Next } from './next';
import type { Fate } from './timeline';

const useStyles = makeStyles({
  card: {
    padding: '14px 16px',
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderLeftWidth: '4px',
  },
  good: { borderLeftColor: tokens.colorStatusSuccessBorderActive },
  bad: { borderLeftColor: tokens.colorStatusDangerBorderActive },
  waiting: { borderLeftColor: tokens.colorStatusWarningBorderActive },
  head: { display: 'flex', alignItems: 'center', columnGap: '10px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400 },
  goodIcon: { display: 'flex', color: tokens.colorStatusSuccessForeground1 },
  badIcon: { display: 'flex', color: tokens.colorStatusDangerForeground1 },
  waitingIcon: { display: 'flex', color: tokens.colorStatusWarningForeground3 },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'minmax(100px, 170px) minmax(0, 1fr)',
    gap: '6px 16px',
    margin: '12px 0 0',
    overflowWrap: 'anywhere',
    '@media (max-width: 600px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0 },
  said: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '8px', marginTop: '12px' },
});

interface CardProps {
  tone: 'good' | 'bad' | 'waiting';
  title: string;
  facts: readonly (readonly [string, ReactNode])[];
  children?: ReactNode;
}

function Card({ tone, title, facts, children }: CardProps): ReactElement {
  const styles = useStyles();
  const icon = {
    good: <CheckmarkCircle24Filled />,
    bad: <ErrorCircle24Filled />,
    waiting: <Clock24Filled />,
  }[tone];
  return (
    <article className={mergeClasses(styles.card, styles[tone])}>
      <div className={styles.head}>
        <span className={styles[`${tone}Icon`]} aria-hidden>
          {icon}
        </span>
        <h2 className={styles.title}>{title}</h2>
      </div>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== '')
          .map(([name, value]) => (
            <FactRow key={name} name={name} value={value} />
          ))}
      </dl>
      {children}
    </article>
  );
}

function FactRow({ name, value }: { name: string; value: ReactNode }): ReactElement {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{value}</dd>
    </>
  );
}

export function Notice({ text }: { text: string }): ReactElement {
  return (
    <MessageBar layout="multiline">
      <MessageBarBody>{text}</MessageBarBody>
    </MessageBar>
  );
}

function hostOf({ host, address }: Fate): string | null {
  if (host && address) return `${host} [${address}]`;
  return host ?? address;
}

export function Delivered({ fate, id }: { fate: Fate; id: string }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = usePermissions();
  const { sandbox } = useWhoAmI();
  const { recipient, connector, said, at, since, here } = fate;
  // The message tracking log does not tell of TLS; in the sandbox the other side can be asked.
  const outside = useSandboxMessages({ enabled: sandbox && !here }).data;
  const arrived = outside?.find(
    (message) =>
      message.messageId === id &&
      message.rcptTo.some((to) => to.toLowerCase() === recipient.toLowerCase()),
  );
  const took = since ? (Date.parse(at) - Date.parse(since)) / 1000 : null;
  const tls = arrived
    ? arrived.tls
      ? `${arrived.tls.protocol}, ${arrived.tls.cipher}`
      : t('testMessage.noTls')
    : here
      ? null
      : t('testMessage.tlsUnknown');
  return (
    <Card
      tone="good"
      title={t(here ? 'testMessage.deliveredHere' : 'testMessage.deliveredTo', { recipient })}
      facts={[
        [
          t('testMessage.connector'),
          connector &&
            !here &&
            (may('Get-SendConnector') ? (
              <Link href={connectorAddress(connector)}>{connector}</Link>
            ) : (
              connector
            )),
        ],
        [t('testMessage.remoteHost'), here ? null : hostOf(fate)],
        [t('testMessage.reply'), said && <span className={styles.said}>{said}</span>],
        [t('testMessage.tls'), tls],
        [
          t('testMessage.when'),
          took === null
            ? format.exact(at)
            : t('testMessage.after', { at: format.exact(at), seconds: format.number(took) }),
        ],
      ]}
    >
      {arrived && (
        <div className={styles.buttons}>
          <Link href={SANDBOX}>{t('testMessage.seeSandbox')}</Link>
        </div>
      )}
    </Card>
  );
}

export function Failed({ fate, isReported }: { fate: Fate; isReported: boolean }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { recipient, said, at, connector, standing } = fate;
  return (
    <Card
      tone="bad"
      title={t(standing === 'removed' ? 'testMessage.removedTo' : 'testMessage.failedTo', {
        recipient,
      })}
      facts={[
        [t('testMessage.why'), said && <AdviceBox error={said} />],
        [t('testMessage.connector'), connector],
        [t('testMessage.remoteHost'), hostOf(fate)],
        [t('testMessage.when'), format.exact(at)],
        [
          t('testMessage.report'),
          isReported ? t('testMessage.reported') : t('testMessage.notReported'),
        ],
      ]}
    />
  );
}

interface WaitingProps {
  message: Message;
  queue: Queue | undefined;
  deferredAt: string | null;
  interval: string | undefined;
}

export function Waiting({ message, queue, deferredAt, interval }: WaitingProps): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const { may } = usePermissions();
  const batch = useBatch();
  const recipients = message.Recipients ?? [];
  const error = presentError(message, queue) ?? queue?.LastError ?? null;
  const next = nextFor({ message, queue, deferredAt, interval });
  const names = format.list(recipients.map(({ Address }) => Address));
  const retry = queue?.Status === 'Retry' && may('Retry-Queue');
  const resumeQueue = next.kind === 'queueSuspended' && may('Resume-Queue');
  const resumeMessage = next.kind === 'messageSuspended' && may('Resume-Message');
  return (
    <Card
      tone="waiting"
      title={t(error ? 'testMessage.waits' : 'testMessage.inQueue', { recipient: names })}
      facts={[
        [t('testMessage.why'), error && <AdviceBox error={error} />],
        [t('testMessage.next'), <NextText key="next" next={next} />],
        [
          t('testMessage.queue'),
          <>
            <Link href={queueAddress(message.Queue)}>
              {queue ? words.nextHop(queue) : message.Queue}
            </Link>{' '}
            {queue && <StatusBadge status={queue.Status} />}
          </>,
        ],
        [t('testMessage.messageStatus'), <StatusBadge key="status" status={message.Status} />],
        [
          t('testMessage.attempts'),
          Math.max(message.RetryCount, queue?.RetryCount ?? 0) || t('testMessage.noAttempt'),
        ],
        [
          t('testMessage.givenUp'),
          <>
            {format.exact(message.ExpirationTime)} (<Countdown to={message.ExpirationTime} />)
          </>,
        ],
      ]}
    >
      {(retry || resumeQueue || resumeMessage) && (
        <div className={styles.buttons}>
          {retry && (
            <Button
              onClick={() =>
                void batch('Retry-Queue', [{ Identity: message.Queue }], (count) =>
                  t('queues.retried', { count }),
                )
              }
            >
              {t('testMessage.retryNow')}
            </Button>
          )}
          {resumeQueue && (
            <Button
              onClick={() =>
                void batch('Resume-Queue', [{ Identity: message.Queue }], (count) =>
                  t('queues.resumed', { count }),
                )
              }
            >
              {t('queues.resume')}
            </Button>
          )}
          {resumeMessage && (
            <Button
              onClick={() =>
                void batch('Resume-Message', [{ Identity: message.Identity }], (count) =>
                  t('queues.messagesResumed', { count }),
                )
              }
            >
              {t('queues.resume')}
            </Button>
          )}
        </div>
      )}
    </Card>
  );
}

function NextText({ next }: { next: Next }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const at = 'at' in next ? next.at : null;
  return (
    <>
      {t(`testMessage.nexts.${next.kind}`)}
      {at !== null && (
        <>
          {' '}
          <strong>
            <Countdown to={at} />
          </strong>{' '}
          ({format.exact(at)})
        </>
      )}
    </>
  );
}
