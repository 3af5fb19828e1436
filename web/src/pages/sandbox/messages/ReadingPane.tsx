// A message that a host of the pretend Internet has received: its text, its header, its source. Only
// text is shown, whatever the message says it is.
import { Button, Tab, TabList, makeStyles, tokens } from '@fluentui/react-components';
import { ArrowDownload20Regular } from '@fluentui/react-icons/svg/arrow-download';
import { useMemo, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { download } from '../../../parts/csv';
import { DetailsPane } from '../../../parts/DetailsPane';
import { useFormat } from '../../../texts/format';
import { bytesOfBase64, readMail, type Part } from '../mime';
import type { Received } from '../sandbox';

/** Characters of the source that are shown. */
const MOST = 200_000;

const useStyles = makeStyles({
  text: {
    margin: '12px 0',
    padding: '10px 12px',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  part: {
    margin: '12px 0 0',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  table: { borderCollapse: 'collapse', width: '100%', marginTop: '12px' },
  cell: {
    textAlign: 'start',
    verticalAlign: 'top',
    padding: '4px 12px 4px 0',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
    fontSize: tokens.fontSizeBase200,
  },
  name: { whiteSpace: 'nowrap', fontWeight: tokens.fontWeightSemibold },
  tabs: { marginTop: '12px', display: 'flex', alignItems: 'center', flexWrap: 'wrap' },
  grow: { flexGrow: 1 },
});

export function ReadingPane({ message }: { message: Received | undefined }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const [tab, setTab] = useState('text');
  const raw = message?.raw;
  const bytes = useMemo(() => (raw === undefined ? null : bytesOfBase64(raw)), [raw]);
  const mail = useMemo(() => (bytes ? readMail(bytes) : null), [bytes]);
  if (!message || !bytes || !mail) return <DetailsPane />;
  const facts = [
    { name: t('sandbox.from'), value: message.mailFrom || '<>' },
    { name: t('sandbox.to'), value: message.rcptTo.join(', ') },
    { name: t('sandbox.time'), value: format.exact(message.time) },
    { name: t('sandbox.client'), value: `${message.clientAddress} (EHLO ${message.ehlo})` },
    { name: t('sandbox.host'), value: message.host },
    {
      name: 'TLS',
      value: message.tls
        ? `${message.tls.protocol}, ${message.tls.cipher}`
        : t('testMessage.noTls'),
    },
  ];
  return (
    <DetailsPane title={message.subject ?? t('queues.noSubject')} facts={facts}>
      <div className={styles.tabs}>
        <TabList
          size="small"
          selectedValue={tab}
          onTabSelect={(_, data) => setTab(String(data.value))}
          aria-label={t('sandbox.message')}
        >
          <Tab value="text" aria-controls="sandbox-panel">
            {t('sandbox.text')}
          </Tab>
          <Tab value="header" aria-controls="sandbox-panel">
            {t('sandbox.header')}
          </Tab>
          <Tab value="source" aria-controls="sandbox-panel">
            {t('sandbox.source')}
          </Tab>
        </TabList>
        <span className={styles.grow} />
        <Button
          size="small"
          icon={<ArrowDownload20Regular />}
          onClick={() =>
            download(`${message.time.replaceAll(/\D/g, '')}.eml`, 'message/rfc822', bytes)
          }
        >
          {t('sandbox.download')}
        </Button>
      </div>
      <div id="sandbox-panel" role="tabpanel" aria-label={t('sandbox.message')}>
        {tab === 'text' &&
          mail.parts.map((part, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <PartText key={index} part={part} alone={mail.parts.length === 1} />
          ))}
        {tab === 'text' && mail.cut && <p className={styles.part}>{t('sandbox.cut')}</p>}
        {tab === 'header' && (
          <table className={styles.table}>
            <tbody>
              {mail.header.map(({ name, value }, index) => (
                // oxlint-disable-next-line react/no-array-index-key
                <tr key={index}>
                  <th scope="row" className={`${styles.cell} ${styles.name}`}>
                    {name}
                  </th>
                  <td className={styles.cell}>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {tab === 'source' && <Source bytes={bytes} />}
      </div>
    </DetailsPane>
  );
}

function PartText({ part, alone }: { part: Part; alone: boolean }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const isHtml = part.type === 'text/html';
  return (
    <>
      {!(alone && part.type === 'text/plain') && (
        <p className={styles.part}>
          {[part.name, part.type, format.bytes(part.size)].filter(Boolean).join(' · ')}
          {isHtml && ` · ${t('sandbox.htmlAsText')}`}
        </p>
      )}
      {part.text !== null && (
        <pre className={styles.text} tabIndex={0} aria-label={t('sandbox.text')}>
          {part.text === '' ? t('queues.nothing') : part.text}
        </pre>
      )}
    </>
  );
}

function Source({ bytes }: { bytes: Uint8Array }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const source = useMemo(() => new TextDecoder().decode(bytes.subarray(0, MOST)), [bytes]);
  return (
    <>
      <pre className={styles.text} tabIndex={0} aria-label={t('sandbox.source')} translate="no">
        {source}
      </pre>
      {bytes.length > MOST && <p className={styles.part}>{t('sandbox.cut')}</p>}
    </>
  );
}
