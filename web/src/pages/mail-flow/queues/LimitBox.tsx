// That the hosts of a queue have asked for fewer connections: how many there may be, until when, and what
// they said.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import type { Limit } from './advice';

const useStyles = makeStyles({
  line: { margin: '0 0 4px' },
  cause: {
    margin: 0,
    color: tokens.colorNeutralForeground2,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
});

export function LimitBox({ limit }: { limit: Limit }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { most: count, until, cause } = limit;
  return (
    <div>
      <p className={styles.line}>
        {until === null
          ? t('queues.limited', { count })
          : t('queues.limitedUntil', { count, time: format.time(until) })}
      </p>
      <p className={styles.cause}>{cause}</p>
    </div>
  );
}
