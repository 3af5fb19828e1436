// Why a message waits, what happens next and when, and what can be done.
import { Button, Link, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useFormat } from '../../../texts/format';
import { queueAddress } from '../queues/addresses';
import { limitOf, presentError } from '../queues/advice';
import { AdviceBox } from '../queues/AdviceBox';
import { useBatch } from '../queues/batch';
import { Countdown } from '../queues/Moment';
import type { Message, Queue } from '../queues/outputs';
import { StatusBadge } from '../queues/StatusBadge';
import { useWords } from '../queues/words';
import { AnswerCard } from './AnswerCard';
import { nextFor, type Next } from './next';

const useStyles = makeStyles({
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '8px', marginTop: '12px' },
});

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
    <AnswerCard
      tone="waiting"
      title={t(error ? 'testMessage.waits' : 'testMessage.inQueue', { recipient: names })}
      facts={[
        [t('testMessage.why'), error && <AdviceBox error={error} limit={limitOf(queue)} />],
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
        [t('testMessage.attempts'), message.RetryCount || null],
        [t('testMessage.queueAttempts'), queue?.RetryCount || null],
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
    </AnswerCard>
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
