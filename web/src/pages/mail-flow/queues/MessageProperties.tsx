// The properties of a message in a queue: General and Recipient Information.
import {
  Button,
  Link,
  Spinner,
  Tab,
  TabList,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { ModalDialog } from '../../../parts/ModalDialog';
import { useFormat } from '../../../texts/format';
import { presentError } from './advice';
import { AdviceBox } from './AdviceBox';
import { followAddress } from './addresses';
import { useExport } from './export';
import { kilobytes } from './message-columns';
import type { Message, MessageRecipient } from './outputs';
import { StatusBadge } from './StatusBadge';
import { useWords } from './words';

const useStyles = makeStyles({
  panel: { minHeight: '300px', paddingTop: '12px' },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'minmax(140px, max-content) minmax(0, 1fr)',
    gap: '6px 16px',
    margin: 0,
    overflowWrap: 'anywhere',
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0 },
  table: { borderCollapse: 'collapse', width: '100%' },
  cell: {
    textAlign: 'start',
    verticalAlign: 'top',
    padding: '6px 8px 6px 0',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
  },
});

interface Props {
  identity: string;
  onClose: () => void;
}

export function MessageProperties({ identity, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may, why } = usePermissions();
  const exportMessage = useExport();
  const [tab, setTab] = useState('general');
  const answer = useCmdlet('Get-Message', { Identity: identity, IncludeRecipientInfo: true });
  const message = answer.data?.objects[0];
  const id = message?.InternetMessageId;
  const refusal =
    why('Export-Message') ??
    (message && message.Status !== 'Suspended' ? t('queues.exportSuspended') : undefined);
  return (
    <ModalDialog
      title={message?.Subject ?? identity}
      size="large"
      onClose={onClose}
      footer={
        <>
          {message && refusal && <span className={styles.name}>{refusal}</span>}
          <Button
            disabledFocusable={!message || refusal !== undefined}
            onClick={() => message && refusal === undefined && void exportMessage(identity)}
          >
            {t('queues.export')}
          </Button>
          <Button appearance="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      {answer.error && !message && (
        <ErrorPanel problem={answer.error} onRetry={() => void answer.refetch()} />
      )}
      {answer.isPending && <Spinner label={t('common.loading')} />}
      {message && (
        <>
          <TabList
            selectedValue={tab}
            onTabSelect={(_, data) => setTab(String(data.value))}
            aria-label={t('queues.propertiesOf')}
          >
            <Tab value="general" id="message-tab-general" aria-controls="message-panel">
              {t('queues.general')}
            </Tab>
            <Tab value="recipients" id="message-tab-recipients" aria-controls="message-panel">
              {t('queues.recipientInformation')}
            </Tab>
          </TabList>
          <div
            id="message-panel"
            role="tabpanel"
            aria-labelledby={`message-tab-${tab}`}
            className={styles.panel}
          >
            {tab === 'general' ? (
              <General message={message} />
            ) : (
              <Recipients recipients={message.Recipients ?? []} />
            )}
            {id && may('Get-MessageTrackingLog') && (
              <p>
                <Link href={followAddress(id, message.DateReceived)}>
                  {t('queues.whatHappened')}
                </Link>
              </p>
            )}
          </div>
        </>
      )}
    </ModalDialog>
  );
}

function General({ message }: { message: Message }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const words = useWords();
  const error = presentError(message);
  const facts = [
    [words.property('Identity'), message.Identity],
    [words.property('Subject'), message.Subject ?? t('queues.noSubject')],
    [words.property('InternetMessageId'), message.InternetMessageId],
    [t('queues.fromAddress'), message.FromAddress],
    [words.property('Status'), <StatusBadge key="status" status={message.Status} />],
    [words.property('Size'), format.number(kilobytes(message.Size))],
    [words.property('MessageSourceName'), message.MessageSourceName],
    [words.property('SourceIP'), message.SourceIP],
    [t('queues.scl'), message.SCL],
    [words.property('DateReceived'), format.exact(message.DateReceived)],
    [words.property('ExpirationTime'), format.exact(message.ExpirationTime)],
    [
      words.property('LastError'),
      error === null ? message.LastError : <AdviceBox key="error" error={error} />,
    ],
    [words.property('Queue'), message.Queue],
    [words.property('Recipients'), message.Recipients?.map(({ Address }) => Address).join('; ')],
    [words.property('RetryCount'), message.RetryCount],
  ] as const;
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name} value={value ?? t('queues.nothing')} />
      ))}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }): ReactElement {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{value}</dd>
    </>
  );
}

function Recipients({ recipients }: { recipients: readonly MessageRecipient[] }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const words = useWords();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {[t('queues.address'), words.property('Status'), words.property('LastError')].map(
            (title) => (
              <th key={title} scope="col" className={styles.cell}>
                {title}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {recipients.map((recipient) => (
          <tr key={recipient.Address}>
            <th scope="row" className={styles.cell}>
              {recipient.Address}
            </th>
            <td className={styles.cell}>
              <StatusBadge status={recipient.Status} />
            </td>
            <td className={styles.cell}>{recipient.LastError ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
