// The facts of the selected message.
import { Button, Link, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { DetailsPane } from '../../../parts/DetailsPane';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useFormat } from '../../../texts/format';
import { followAddress } from './addresses';
import { presentError } from './advice';
import { AdviceBox } from './AdviceBox';
import { Countdown } from './Moment';
import type { Message } from './outputs';
import { StatusBadge } from './StatusBadge';
import { useWords } from './words';

const useStyles = makeStyles({
  more: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    gap: '8px',
    marginTop: '14px',
  },
});

interface Props {
  message: Message | undefined;
  several: number;
  onProperties: (identity: string) => void;
}

export function MessageDetails({ message, several, onProperties }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const { may } = usePermissions();
  if (!message) {
    if (several > 1) return <DetailsPane title={t('list.several', { count: several })} />;
    return <DetailsPane />;
  }
  const error = presentError(message);
  const facts = [
    {
      name: words.property('LastError'),
      value: error === null ? message.LastError : <AdviceBox error={error} />,
    },
    { name: words.property('FromAddress'), value: message.FromAddress },
    { name: words.property('Status'), value: <StatusBadge status={message.Status} /> },
    { name: words.property('Queue'), value: message.Queue },
    { name: words.property('DateReceived'), value: format.exact(message.DateReceived) },
    {
      name: words.property('ExpirationTime'),
      value: (
        <>
          {format.exact(message.ExpirationTime)} (<Countdown to={message.ExpirationTime} />)
        </>
      ),
    },
    { name: t('queues.size'), value: format.size(message.Size) },
    { name: words.property('RetryCount'), value: message.RetryCount || null },
    { name: words.property('Priority'), value: words.priority(message.Priority) },
    { name: words.property('TlsRequirement'), value: words.tls(message.TlsRequirement) },
    { name: words.property('InternetMessageId'), value: message.InternetMessageId },
  ];
  return (
    <DetailsPane title={message.Subject ?? t('queues.noSubject')} facts={facts}>
      <div className={styles.more}>
        {message.InternetMessageId && may('Get-MessageTrackingLog') && (
          <Link href={followAddress(message.InternetMessageId, message.DateReceived)}>
            {t('queues.whatHappened')}
          </Link>
        )}
        <Button size="small" onClick={() => onProperties(message.Identity)}>
          {t('queues.propertiesOf')}
        </Button>
      </div>
      <ShowCommand
        cmdlet="Get-Message"
        parameters={{ Identity: message.Identity, IncludeRecipientInfo: true }}
      />
    </DetailsPane>
  );
}
