// Whether signatures in the DNS are believed, why they are not, and what to do about it. Also on the dashboard.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/CopyText';
import { ValidationBadge } from './badges';
import type { Row } from './rows';
import { useSecurityWords } from './words';

/** What names the resolver on this machine in the configuration. */
const CONFIGURATION = '[dns]\nservers = ["127.0.0.1:53"]';

const useStyles = makeStyles({
  box: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
  line: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 8px' },
  name: { fontWeight: tokens.fontWeightSemibold },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
});

type State = Pick<Row, 'DnssecValidation' | 'DnssecValidationDetail'>;

/** In one line. */
export function DnssecLine({ state }: { state: State }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const words = useSecurityWords();
  const { DnssecValidation: validation, DnssecValidationDetail: detail } = state;
  return (
    <div className={styles.line}>
      <span className={styles.name}>{t('transportSecurity.dnssec')}</span>
      <ValidationBadge word={validation} />
      {detail !== null && <span className={styles.text}>{words.reason(detail)}</span>}
    </div>
  );
}

/** With what it means and what to do. */
export function Dnssec({ state }: { state: State }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <div className={styles.box}>
      <div className={styles.line}>
        <span className={styles.name}>{t('transportSecurity.dnssec')}</span>
        <ValidationBadge word={state.DnssecValidation} />
      </div>
      <DnssecText state={state} />
    </div>
  );
}

/** What it means and what to do. */
export function DnssecText({ state }: { state: State }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const words = useSecurityWords();
  const { DnssecValidation: validation, DnssecValidationDetail: detail } = state;
  return (
    <>
      {detail !== null && <p className={styles.text}>{words.reason(detail)}</p>}
      <p className={styles.text}>{t(`transportSecurity.meanings.${validation}`)}</p>
      {validation !== 'Proven' && (
        <>
          <p className={styles.text}>{t(`transportSecurity.todo.${validation}`)}</p>
          <CopyText
            text={CONFIGURATION}
            label={t('transportSecurity.configuration')}
            copyLabel={t('transportSecurity.copyConfiguration')}
          />
        </>
      )}
    </>
  );
}
