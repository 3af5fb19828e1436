// The details pane: what is wrong and what to do, and the record ready to copy beside what is there.
import { Text, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/CopyText';
import { DetailsPane } from '../../../parts/DetailsPane';
import { ShowCommand } from '../../../parts/ShowCommand';
import { spaced } from '../../../texts/spaces';
import { StatusBadge } from './badges';
import type { Row } from './rows';

const useStyles = makeStyles({
  there: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', display: 'block' },
});

export function Details({ rows }: { rows: readonly Row[] }): ReactElement {
  const { t } = useTranslation();
  const [one, ...others] = rows;
  if (!one) return <DetailsPane />;
  if (others.length > 0) {
    return <DetailsPane title={t('list.several', { count: rows.length })} />;
  }
  return <Facts row={one} />;
}

function Facts({ row }: { row: Row }): ReactElement {
  const styles = useStyles();
  const { t, i18n } = useTranslation();
  // The server writes French with ordinary spaces, too.
  const detail = i18n.language.startsWith('fr') ? spaced(row.Detail ?? '') : row.Detail;
  const check = t(`publishing.checks.${row.Check}`);
  // What is there as it should be is shown once.
  const isSame = row.Published !== null && row.Published === row.Recommended;
  const facts = [
    { name: t('common.status'), value: <StatusBadge status={row.Status} /> },
    { name: t('publishing.columns.detail'), value: detail || t('publishing.nothing') },
    {
      name: t(row.RecordType === 'HTTPS' ? 'publishing.file' : 'publishing.name'),
      value: (
        <CopyText
          text={row.RecordName}
          dense
          label={t('publishing.nameOf', { check })}
          copyLabel={t('publishing.copyName', { check })}
        />
      ),
    },
    { name: t('publishing.type'), value: row.RecordType === 'HTTPS' ? '' : row.RecordType },
    {
      name: t('publishing.recommended'),
      value: row.Recommended !== null && (
        <CopyText
          text={row.Recommended}
          dense
          label={t('publishing.recordOf', { check })}
          copyLabel={t('publishing.copyRecord', { check })}
        />
      ),
    },
    {
      name: t('publishing.published'),
      value: isSame ? (
        t('publishing.same')
      ) : (
        <Text className={styles.there} font="monospace" size={200}>
          {row.Published ?? t('publishing.none')}
        </Text>
      ),
    },
  ];
  return (
    <DetailsPane title={check} facts={facts.filter(({ value }) => value !== false)}>
      <ShowCommand cmdlet="Test-DomainPublishing" parameters={{ Identity: row.Domain }} />
    </DetailsPane>
  );
}
