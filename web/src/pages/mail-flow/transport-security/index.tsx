// Mail flow > Transport security: what is demanded of the hosts that mail for a recipient goes to, before anything is
// sent. Reading the list asks the DNS, which may take some seconds. The address says whom it is about:
// ?to=anna@partner.example&tls=Required.
import { Spinner, makeStyles } from '@fluentui/react-components';
import { ShieldLock20Regular } from '@fluentui/react-icons/svg/shield-lock';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useCmdlet } from '../../../api/queries';
import { navigate, useRoute } from '../../../frame/router';
import { EmptyState } from '../../../parts/EmptyState';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { ObjectList } from '../../../parts/ObjectList';
import { ShowCommand } from '../../../parts/ShowCommand';
import { SplitView } from '../../../parts/SplitView';
import { securityAddress } from '../queues/addresses';
import { AdviceBox } from '../queues/AdviceBox';
import { Details } from './Details';
import { Dnssec, DnssecLine } from './Dnssec';
import { useColumns } from './list-columns';
import { Question } from './Question';
import { hostsOf, keyOf, question, wayOf, wishOf, type Row, type Way } from './rows';
import { WayLine } from './WayLine';

const useStyles = makeStyles({
  page: { display: 'flex', flexDirection: 'column', flexGrow: 1, minHeight: 0 },
  answer: { display: 'flex', flexDirection: 'column', rowGap: '6px', padding: '8px 0' },
});

export default function TransportSecurity(): ReactElement {
  const styles = useStyles();
  const { query } = useRoute();
  const to = (query['to'] ?? '').trim();
  const wish = wishOf(query['tls']);
  const asked = question(to, wish);
  const answer = useCmdlet('Get-TransportSecurity', asked);
  const refresh = () => void answer.refetch();
  // What is said of the address stands at its field.
  const isRefused = answer.error?.parameter?.toLowerCase() === 'recipient';
  const rows = answer.data?.objects;
  const problem = isRefused ? null : answer.error;
  return (
    <div className={styles.page}>
      <Question
        to={to}
        wish={wish}
        problem={answer.error}
        onAsk={(next, nextWish) => {
          if (next === to && nextWish === wish) refresh();
          else navigate(securityAddress(next, nextWish));
        }}
      />
      {to === '' && <About rows={rows} problem={problem} onRetry={refresh} />}
      {to !== '' && !isRefused && (
        <>
          <div className={styles.answer} role="status">
            {rows && <Answer rows={rows} />}
          </div>
          <Hosts
            key={`${to} ${wish}`}
            rows={rows}
            asked={asked}
            problem={problem}
            onRefresh={refresh}
          />
        </>
      )}
    </div>
  );
}

interface Props {
  rows: readonly Row[] | undefined;
  problem: ReturnType<typeof useCmdlet>['error'];
}

/** Nobody is named: what the page is for, and what holds for all mail. */
function About({ rows, problem, onRetry }: Props & { onRetry: () => void }): ReactElement {
  const { t } = useTranslation();
  const [state] = rows ?? [];
  return (
    <EmptyState
      icon={<ShieldLock20Regular fontSize={40} />}
      title={t('transportSecurity.about')}
      text={t('transportSecurity.aboutText')}
      action={
        problem ? (
          <ErrorPanel problem={problem} onRetry={onRetry} />
        ) : state ? (
          <Dnssec state={state} />
        ) : (
          <Spinner size="small" label={t('common.loading')} />
        )
      }
    />
  );
}

function Answer({ rows }: { rows: readonly Row[] }): ReactElement {
  const [state] = rows;
  const way = wayOf(rows);
  return (
    <>
      {way && <WayLine way={way} />}
      {way?.kind === 'connector' && state && <DnssecLine state={state} />}
    </>
  );
}

function Hosts(props: Props & { asked: object; onRefresh: () => void }): ReactElement {
  const { rows, problem, asked, onRefresh } = props;
  const { t } = useTranslation();
  const columns = useColumns();
  const [marked, setMarked] = useState<string[]>([]);
  const hosts = rows && hostsOf(rows);
  const selected = hosts?.filter((host) => marked.includes(keyOf(host))) ?? [];
  return (
    <SplitView
      list={
        <ObjectList
          id="transport-security"
          label={t('transportSecurity.hosts')}
          items={hosts}
          keyOf={keyOf}
          columns={columns}
          selected={marked}
          onSelect={setMarked}
          onRefresh={onRefresh}
          problem={problem}
          empty={rows && <NoHosts way={wayOf(rows)} asked={asked} />}
        />
      }
      details={hosts && hosts.length > 0 && <Details hosts={selected} asked={asked} />}
    />
  );
}

function NoHosts({ way, asked }: { way: Way | null; asked: object }): ReactElement {
  const { t } = useTranslation();
  const failure = way?.kind === 'connector' ? way.failure : null;
  return (
    <EmptyState
      icon={<ShieldLock20Regular fontSize={40} />}
      title={t(failure === null ? 'transportSecurity.noHosts' : 'transportSecurity.notFound')}
      text={t(
        failure === null ? 'transportSecurity.noHostsText' : 'transportSecurity.notFoundText',
      )}
      action={
        <>
          {failure !== null && <AdviceBox error={failure} />}
          <ShowCommand cmdlet="Get-TransportSecurity" parameters={asked} />
        </>
      }
    />
  );
}
