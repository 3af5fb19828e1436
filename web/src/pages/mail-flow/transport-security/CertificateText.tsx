// What a certificate said of itself, line by line.
import { Text, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import { certificateOf } from './rows';

const useStyles = makeStyles({
  fingerprint: { display: 'block', wordBreak: 'break-all' },
});

export function CertificateText({ text }: { text: string }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const certificate = certificateOf(text);
  if (!certificate) return <>{text}</>;
  const { subject, issuer, from, until, names, fingerprint } = certificate;
  const day = (moment: string) => (Number.isNaN(Date.parse(moment)) ? moment : format.date(moment));
  return (
    <>
      <div>{t('transportSecurity.certificate.subject', { value: subject })}</div>
      <div>{t('transportSecurity.certificate.issuer', { value: issuer })}</div>
      {names !== '' && <div>{t('transportSecurity.certificate.names', { value: names })}</div>}
      <div>{t('transportSecurity.certificate.valid', { from: day(from), until: day(until) })}</div>
      <Text className={styles.fingerprint} font="monospace" size={200}>
        {fingerprint}
      </Text>
    </>
  );
}
