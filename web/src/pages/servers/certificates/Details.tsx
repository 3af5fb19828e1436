// The details pane: how a certificate stands and what to do about it, what is in it, what to publish of it.
import { Link, MessageBar, MessageBarBody, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { CopyText } from '../../../parts/CopyText';
import { DetailsPane, type Fact } from '../../../parts/DetailsPane';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useFormat } from '../../../texts/format';
import { EndBadge, StatusBadge } from './badges';
import { isRequest, servicesOf, titleOf, tlsaName, type Certificate } from './certificate';
import { RequestText } from './RequestText';

const useStyles = makeStyles({
  names: { margin: 0, padding: 0, listStyleType: 'none' },
  note: { marginTop: '8px' },
  hint: {
    marginTop: '4px',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
});

interface Props {
  certificates: readonly Certificate[];
  onServices: (certificate: Certificate) => void;
}

export function Details({ certificates, onServices }: Props): ReactElement {
  const { t } = useTranslation();
  const [one, ...others] = certificates;
  if (!one) return <DetailsPane />;
  if (others.length > 0) {
    return <DetailsPane title={t('list.several', { count: certificates.length })} />;
  }
  return <Facts certificate={one} onServices={onServices} />;
}

interface One {
  certificate: Certificate;
  onServices: (certificate: Certificate) => void;
}

function Facts(props: One): ReactElement {
  const { certificate } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const status = { name: t('common.status'), value: <Status certificate={certificate} /> };
  const names = { name: t('certificates.names'), value: <Names certificate={certificate} /> };
  const facts: Fact[] = isRequest(certificate)
    ? [
        status,
        names,
        { name: t('certificates.request'), value: <RequestText certificate={certificate} /> },
      ]
    : [
        status,
        { name: t('certificates.columns.services'), value: <Services {...props} /> },
        names,
        { name: t('certificates.columns.issuer'), value: <Issuer certificate={certificate} /> },
        { name: t('certificates.validFrom'), value: format.dateTime(certificate.NotBefore) },
        {
          name: t('certificates.validUntil'),
          value: (
            <>
              {format.dateTime(certificate.NotAfter)} <EndBadge certificate={certificate} />
            </>
          ),
        },
        ...(certificate.AcmeDirectory === null
          ? []
          : [
              {
                name: t('certificates.renewal'),
                value: t('certificates.renewedFrom', { directory: certificate.AcmeDirectory }),
              },
            ]),
        {
          name: t('certificates.columns.thumbprint'),
          value: (
            <CopyText
              text={certificate.Thumbprint}
              dense
              label={t('certificates.columns.thumbprint')}
              copyLabel={t('certificates.copyThumbprint')}
            />
          ),
        },
      ];
  return (
    <DetailsPane
      title={titleOf(certificate)}
      facts={[
        ...facts,
        { name: t('certificates.columns.subject'), value: certificate.Subject },
        { name: t('certificates.key'), value: <Key certificate={certificate} /> },
        { name: t('certificates.tlsa'), value: <Tlsa certificate={certificate} /> },
        { name: t('common.name'), value: certificate.FriendlyName },
        { name: t('certificates.columns.server'), value: certificate.Server },
        {
          name: t('certificates.serialNumber'),
          value: isRequest(certificate) ? '' : certificate.SerialNumber,
        },
        {
          name: t('certificates.columns.changed'),
          value: format.dateTime(certificate.WhenChanged),
        },
      ]}
    >
      <ShowCommand
        cmdlet="Get-ExchangeCertificate"
        parameters={{ Identity: certificate.Identity }}
      />
    </DetailsPane>
  );
}

function Status({ certificate }: { certificate: Certificate }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { Status: status, IsSelfSigned, HasPrivateKey } = certificate;
  const note = isRequest(certificate)
    ? t('certificates.notes.request')
    : !HasPrivateKey
      ? t('certificates.notes.noKey')
      : status === 'DateInvalid'
        ? t('certificates.notes.date')
        : status === 'Untrusted'
          ? t(IsSelfSigned ? 'certificates.notes.selfSigned' : 'certificates.notes.untrusted')
          : null;
  return (
    <>
      <StatusBadge status={status} />
      {note !== null && (
        <MessageBar
          className={styles.note}
          intent={isRequest(certificate) ? 'info' : 'warning'}
          layout="multiline"
          politeness="polite"
        >
          <MessageBarBody>{note}</MessageBarBody>
        </MessageBar>
      )}
    </>
  );
}

function Services({ certificate, onServices }: One): ReactElement {
  const { t } = useTranslation();
  const { may } = usePermissions();
  const services = servicesOf(certificate);
  return (
    <>
      {services.length > 0 ? services.join(', ') : t('common.none')}{' '}
      {certificate.HasPrivateKey && may('Enable-ExchangeCertificate') && (
        <Link as="button" onClick={() => onServices(certificate)}>
          {t('certificates.changeServices')}
        </Link>
      )}
    </>
  );
}

function Names({ certificate }: { certificate: Certificate }): ReactElement {
  const styles = useStyles();
  return (
    <ul className={styles.names} translate="no">
      {certificate.CertificateDomains.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}

function Issuer({ certificate }: { certificate: Certificate }): ReactElement {
  const { t } = useTranslation();
  return <>{certificate.IsSelfSigned ? t('certificates.itself') : certificate.Issuer}</>;
}

function Key({ certificate }: { certificate: Certificate }): ReactElement {
  const { t } = useTranslation();
  const { KeyAlgorithm, PublicKeySize, HasPrivateKey, PrivateKeyExportable } = certificate;
  const kept = !HasPrivateKey ? 'absent' : PrivateKeyExportable ? 'exportable' : 'sealed';
  return (
    <>
      {t('certificates.keyOf', { algorithm: KeyAlgorithm, bits: PublicKeySize })}
      <br />
      {t(`certificates.keys.${kept}`)}
    </>
  );
}

function Tlsa({ certificate }: { certificate: Certificate }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const name = tlsaName(certificate);
  return (
    <>
      <CopyText
        text={certificate.TlsaRecord}
        dense
        label={t('certificates.tlsa')}
        copyLabel={t('certificates.copyTlsa')}
      />
      {name !== undefined && (
        <div className={styles.hint}>{t('certificates.tlsaHint', { name })}</div>
      )}
    </>
  );
}
