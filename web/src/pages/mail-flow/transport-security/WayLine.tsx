// Which way the mail goes, in a sentence.
import { Link, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useFormat } from '../../../texts/format';
import { CONNECTORS, NEW_CONNECTOR, connectorAddress } from '../queues/addresses';
import type { Way } from './rows';

const useStyles = makeStyles({
  text: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400 },
  more: { margin: 0 },
});

export function WayLine({ way }: { way: Way }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  const format = useFormat();
  const leadsTo = useLink(way);
  return (
    <>
      <p className={styles.text}>
        <Sentence way={way} />{' '}
        {leadsTo && may('Get-SendConnector') && <Link href={leadsTo.href}>{leadsTo.text}</Link>}
      </p>
      {way.kind === 'connector' && way.exception !== null && (
        <p className={styles.more}>
          {t('transportSecurity.excepted', { until: format.exact(way.exception) })}
        </p>
      )}
    </>
  );
}

function Sentence({ way }: { way: Way }): ReactElement {
  const { t } = useTranslation();
  switch (way.kind) {
    case 'connector':
      return (
        <>{t('transportSecurity.carried', { connector: way.connector, nextHop: way.nextHop })}</>
      );
    case 'elsewhere':
      return <>{t('transportSecurity.elsewhere', { connector: way.connector })}</>;
    case 'other':
      return <>{way.said}</>;
    default:
      return <>{t(`transportSecurity.${way.kind}`)}</>;
  }
}

function useLink(way: Way): { href: string; text: string } | null {
  const { t } = useTranslation();
  const { may } = usePermissions();
  if (way.kind === 'connector' || way.kind === 'elsewhere')
    return { href: connectorAddress(way.connector), text: t('transportSecurity.theConnector') };
  if (way.kind !== 'nowhere') return null;
  return may('New-SendConnector')
    ? { href: NEW_CONNECTOR, text: t('advice.newConnector') }
    : { href: CONNECTORS, text: t('advice.connectors') };
}
