// The details pane: what is demanded of a host and by whom, and what was seen of it last.
import { Text, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { DetailsPane } from '../../../parts/DetailsPane';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useFormat } from '../../../texts/format';
import { AdviceBox } from '../queues/AdviceBox';
import { Ago } from '../queues/Moment';
import { CertificateText } from './CertificateText';
import { detailOf, type Host } from './rows';
import { useSecurityWords } from './words';

const useStyles = makeStyles({
  record: { display: 'block', wordBreak: 'break-all' },
});

interface Props {
  hosts: readonly Host[];
  /** The parameters of what was asked. */
  asked: object;
}

export function Details({ hosts, asked }: Props): ReactElement {
  const { t } = useTranslation();
  const [one, ...others] = hosts;
  if (!one) return <DetailsPane />;
  if (others.length > 0) {
    return <DetailsPane title={t('list.several', { count: hosts.length })} />;
  }
  return <Facts host={one} asked={asked} />;
}

function Facts({ host, asked }: { host: Host; asked: object }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const words = useSecurityWords();
  const detail = detailOf(host);
  const facts = [
    { name: t('transportSecurity.columns.address'), value: host.Address },
    {
      name: t('transportSecurity.columns.requirement'),
      value: host.Requirement && words.demands(host.Requirement),
    },
    {
      name: t('transportSecurity.columns.requiredBy'),
      value: words.demander(host.RequiredBy),
    },
    {
      name: t('transportSecurity.names'),
      value: host.Names.length > 0 && host.Names.map((name) => <div key={name}>{name}</div>),
    },
    {
      name: t('transportSecurity.tlsa'),
      value:
        host.TlsaRecords.length > 0 &&
        host.TlsaRecords.map((record) => (
          <Text key={record} className={styles.record} font="monospace" size={200}>
            {record}
          </Text>
        )),
    },
    {
      name: t('transportSecurity.detail'),
      value: detail !== null && <AdviceBox error={detail} />,
    },
    {
      name: t('transportSecurity.lastSeen'),
      value:
        host.LastSeen === null ? (
          t('transportSecurity.notSeenYet')
        ) : (
          <>
            <Ago at={host.LastSeen} /> ({format.exact(host.LastSeen)})
          </>
        ),
    },
    {
      name: t('transportSecurity.columns.lastTls'),
      value: host.LastTls ?? (host.LastSeen !== null && words.lastTls(host)),
    },
    {
      name: t('transportSecurity.columns.lastCertificate'),
      value: host.LastCertificate && <CertificateText text={host.LastCertificate} />,
    },
    {
      name: t('transportSecurity.lastFailure'),
      value: host.LastFailure !== null && <AdviceBox error={host.LastFailure} />,
    },
  ];
  return (
    <DetailsPane title={host.Host} facts={facts.filter(({ value }) => value !== false)}>
      <ShowCommand cmdlet="Get-TransportSecurity" parameters={asked} />
    </DetailsPane>
  );
}
