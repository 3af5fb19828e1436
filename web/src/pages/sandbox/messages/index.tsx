// The pretend Internet > Messages: what its hosts have received, live, with a pane to read them.
import { Link, makeStyles, tokens } from '@fluentui/react-components';
import { useMemo, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useRoute } from '../../../frame/router';
import { EmptyState } from '../../../parts/EmptyState';
import type { Column } from '../../../parts/list-props';
import { ObjectList } from '../../../parts/ObjectList';
import { useFormat } from '../../../texts/format';
import { NEW_CONNECTOR, TEST } from '../../mail-flow/queues/addresses';
import { useSandboxMessages, type Received } from '../sandbox';
import { ReadingPane } from './ReadingPane';

const LIVE = 3;

const useStyles = makeStyles({
  split: {
    flexGrow: 1,
    minHeight: 0,
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(320px, 38%)',
    gridTemplateRows: 'minmax(0, 1fr)',
    columnGap: '24px',
    '@media (max-width: 1000px)': {
      gridTemplateColumns: 'minmax(0, 1fr)',
      gridTemplateRows: 'minmax(260px, 1fr) auto',
      rowGap: '12px',
    },
  },
  list: { display: 'flex', minWidth: 0, minHeight: 0 },
  read: {
    overflowY: 'auto',
    paddingLeft: '24px',
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 1000px)': { paddingLeft: 0, borderLeftStyle: 'none' },
  },
});

const keyOf = (message: Received) => message.key;

export default function SandboxMessages(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  const { query } = useRoute();
  const answer = useSandboxMessages({ live: LIVE });
  const [selected, setSelected] = useState<string[]>([]);
  const items = answer.data;
  // A message may be named in the address by its Message-ID.
  const named = items?.find(({ messageId }) => messageId !== null && messageId === query['id']);
  const chosen = selected.length === 0 && named ? [named.key] : selected;
  const message = chosen.length === 1 ? items?.find(({ key }) => key === chosen[0]) : undefined;
  const columns = useColumns();
  return (
    <div className={styles.split}>
      <div className={styles.list}>
        <ObjectList
          id="sandbox-messages"
          label={t('sandbox.received')}
          items={items}
          keyOf={keyOf}
          columns={columns}
          selected={chosen}
          onSelect={setSelected}
          onRefresh={() => void answer.refetch()}
          problem={answer.error}
          sortBy={{ column: 'time', descending: true }}
          empty={
            <EmptyState
              title={t('sandbox.none')}
              text={t('sandbox.noneText')}
              steps={[t('sandbox.none1'), t('sandbox.none2'), t('sandbox.none3')]}
              action={
                may('Send-TestMessage') ? (
                  <Link href={TEST}>{t('queues.sendTest')}</Link>
                ) : may('New-SendConnector') ? (
                  <Link href={NEW_CONNECTOR}>{t('advice.newConnector')}</Link>
                ) : undefined
              }
            />
          }
        />
      </div>
      {items && items.length > 0 && (
        <div className={styles.read}>
          <ReadingPane key={message?.key} message={message} />
        </div>
      )}
    </div>
  );
}

function useColumns(): readonly Column<Received>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo<readonly Column<Received>[]>(
    () => [
      {
        id: 'time',
        title: t('sandbox.time'),
        value: ({ time }) => time,
        cell: ({ time }) => format.exact(time),
        width: 'minmax(186px, 0.8fr)',
      },
      { id: 'from', title: t('sandbox.from'), value: ({ mailFrom }) => mailFrom || '<>' },
      { id: 'to', title: t('sandbox.to'), value: ({ rcptTo }) => rcptTo.join(', ') },
      {
        id: 'subject',
        title: t('testMessage.subject'),
        value: ({ subject }) => subject,
        width: 'minmax(140px, 1.2fr)',
      },
      {
        id: 'client',
        title: t('sandbox.client'),
        value: ({ clientAddress }) => clientAddress,
        width: 'minmax(100px, 0.5fr)',
      },
      { id: 'ehlo', title: 'EHLO', value: ({ ehlo }) => ehlo, width: 'minmax(130px, 0.8fr)' },
      {
        id: 'tls',
        title: 'TLS',
        value: ({ tls }) => tls?.protocol ?? t('sandbox.clear'),
        width: '90px',
      },
      { id: 'host', title: t('sandbox.host'), value: ({ host }) => host, optional: true },
    ],
    [t, format],
  );
}
