// The records in short: of each its name, whether the DNS has it, and what is wrong with it.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { FindingBadge } from './badges';
import type { KeyRecord } from './records';
import { useDkimTexts } from './texts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  one: { padding: '4px 0' },
  name: {
    marginRight: '8px',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  why: {
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
});

export function RecordStates({ records }: { records: readonly KeyRecord[] }): ReactElement {
  const styles = useStyles();
  const texts = useDkimTexts();
  return (
    <ul className={styles.list}>
      {records.map(({ name, finding }) => (
        <li key={name} className={styles.one}>
          <span className={styles.name} translate="no">
            {name}
          </span>
          <FindingBadge finding={finding} />
          <div className={styles.why}>{texts.finding(finding)}</div>
        </li>
      ))}
    </ul>
  );
}
