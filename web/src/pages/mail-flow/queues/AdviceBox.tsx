// An error as the other side said it, what it means, and what to do about it.
import { Link, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { CONNECTORS, NEW_CONNECTOR } from './addresses';
import { adviceFor, type Limit } from './advice';
import { LimitBox } from './LimitBox';

const useStyles = makeStyles({
  box: { display: 'flex', flexDirection: 'column', rowGap: '6px' },
  said: {
    margin: 0,
    padding: '8px 10px',
    borderLeft: `3px solid ${tokens.colorNeutralStrokeAccessible}`,
    backgroundColor: tokens.colorNeutralBackground3,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  small: {
    margin: 0,
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  line: { margin: 0 },
  head: { fontWeight: tokens.fontWeightSemibold },
});

interface Props {
  error: string;
  /** The error itself in small letters, and only what it means. */
  brief?: boolean;
  /** What the hosts have asked for besides. */
  limit?: Limit | null;
}

export function AdviceBox({ error, brief, limit }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may } = usePermissions();
  const advice = adviceFor(error);
  const leadsTo =
    advice?.leadsTo === 'newConnector' && may('New-SendConnector')
      ? { href: NEW_CONNECTOR, text: t('advice.newConnector') }
      : advice?.leadsTo && may('Get-SendConnector')
        ? { href: CONNECTORS, text: t('advice.connectors') }
        : null;
  return (
    <div className={styles.box}>
      <p className={brief ? styles.small : styles.said}>{error}</p>
      {advice && (
        <>
          <p className={styles.line}>
            <span className={styles.head}>{t('advice.means')} </span>
            {t(`advice.known.${advice.id}.means`)}
          </p>
          {!brief && (
            <p className={styles.line}>
              <span className={styles.head}>{t('advice.todo')} </span>
              {t(`advice.known.${advice.id}.todo`)}
            </p>
          )}
        </>
      )}
      {limit && <LimitBox limit={limit} />}
      {leadsTo && (!brief || advice?.leadsTo === 'newConnector') && (
        <p className={styles.line}>
          <Link href={leadsTo.href}>{leadsTo.text}</Link>
        </p>
      )}
    </div>
  );
}
