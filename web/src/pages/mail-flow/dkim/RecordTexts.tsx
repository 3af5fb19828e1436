// The records of some keys, ready to publish: name, text and line of a zone file, each to copy.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/CopyText';
import { FindingBadge } from './badges';
import type { KeyRecord } from './records';
import { useDkimTexts } from './texts';

const useStyles = makeStyles({
  group: { margin: '16px 0 4px', fontSize: tokens.fontSizeBase400, lineHeight: 1.4 },
  record: { padding: '4px 0 12px', borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  head: { display: 'flex', alignItems: 'center', columnGap: '10px', margin: '8px 0 4px' },
  algorithm: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
  why: { margin: 0, color: tokens.colorNeutralForeground2 },
  what: {
    margin: '8px 0 2px',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
});

interface Props {
  title: string;
  records: readonly KeyRecord[];
}

export function RecordTexts({ title, records }: Props): ReactElement {
  const styles = useStyles();
  return (
    <section>
      <h3 className={styles.group}>{title}</h3>
      {records.map((record) => (
        <One key={record.name} record={record} />
      ))}
    </section>
  );
}

function One({ record }: { record: KeyRecord }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const texts = useDkimTexts();
  const algorithm = t(`dkim.algorithms.${record.algorithm}`);
  const wrong = texts.finding(record.finding);
  const parts = [
    { what: 'name', text: record.name, copy: 'copyName', label: 'nameOf' },
    { what: 'text', text: record.text, copy: 'copyText', label: 'textOf' },
    { what: 'line', text: record.line, copy: 'copyLine', label: 'lineOf' },
  ] as const;
  return (
    <div className={styles.record}>
      <div className={styles.head}>
        <h4 className={styles.algorithm}>{algorithm}</h4>
        <FindingBadge finding={record.finding} />
      </div>
      {wrong && <p className={styles.why}>{wrong}</p>}
      {parts.map(({ what, text, copy, label }) => (
        <div key={what}>
          <div className={styles.what}>{t(`dkim.record.${what}`)}</div>
          <CopyText
            text={text}
            dense
            label={t(`dkim.record.${label}`, { algorithm })}
            copyLabel={t(`dkim.record.${copy}`, { algorithm })}
          />
        </div>
      ))}
    </div>
  );
}
