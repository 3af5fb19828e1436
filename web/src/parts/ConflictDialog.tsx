// Comes when saving is refused because the object has changed meanwhile (412): shows, property by
// property, what it was, what the person wants and what it is now. Take theirs forgets the person's
// changes; apply mine again saves them on top of what is there now.
import { Button, Text, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Difference } from './diff';
import { ModalDialog } from './ModalDialog';

interface Props {
  name: string;
  differences: readonly Difference[];
  /** How a property and its value are shown. */
  labelOf: (property: string) => string;
  show: (property: string, value: unknown) => ReactNode;
  onTakeTheirs: () => void;
  onApplyMine: () => void;
  onClose: () => void;
}

const useStyles = makeStyles({
  table: { borderCollapse: 'collapse', width: '100%', margin: '12px 0' },
  cell: {
    textAlign: 'start',
    verticalAlign: 'top',
    padding: '6px 8px',
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
  },
  who: {
    display: 'block',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  both: { color: tokens.colorStatusDangerForeground1 },
  scroll: { overflowX: 'auto' },
});

export function ConflictDialog(props: Props): ReactElement {
  const { name, differences, labelOf, show, onTakeTheirs, onApplyMine, onClose } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const who = {
    mine: t('conflict.onlyMine'),
    theirs: t('conflict.onlyTheirs'),
    both: t('conflict.both'),
  };
  return (
    <ModalDialog
      title={t('conflict.title')}
      size="large"
      alert
      onClose={onClose}
      footer={
        <>
          <Button appearance="primary" onClick={onApplyMine}>
            {t('conflict.apply')}
          </Button>
          <Button onClick={onTakeTheirs}>{t('conflict.take')}</Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <Text block>{t('conflict.intro', { name })}</Text>
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              {(['property', 'base', 'mine', 'theirs'] as const).map((column) => (
                <th key={column} scope="col" className={styles.cell}>
                  {t(`conflict.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {differences.map(({ property, base, mine, theirs, changed }) => (
              <tr key={property}>
                <th scope="row" className={styles.cell}>
                  {labelOf(property)}
                  <span
                    className={changed === 'both' ? `${styles.who} ${styles.both}` : styles.who}
                  >
                    {who[changed]}
                  </span>
                </th>
                <td className={styles.cell}>{show(property, base)}</td>
                <td className={styles.cell}>{show(property, mine)}</td>
                <td className={styles.cell}>{show(property, theirs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Text block size={200}>
        {t('conflict.explain')}
      </Text>
    </ModalDialog>
  );
}
