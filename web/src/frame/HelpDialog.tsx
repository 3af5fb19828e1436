// What keys do: the shortcuts of the present page, and what lists and dialogs know everywhere.
import { Switch, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from '../parts/ModalDialog';
import { useActiveShortcuts, useSingleKeys } from './shortcuts';

const useStyles = makeStyles({
  table: { borderCollapse: 'collapse', width: '100%', marginBottom: '12px' },
  caption: { textAlign: 'start', fontWeight: tokens.fontWeightSemibold, padding: '4px 0' },
  keys: {
    width: '45%',
    padding: '3px 12px 3px 0',
    textAlign: 'start',
    fontWeight: 'normal',
    verticalAlign: 'top',
  },
  key: {
    fontFamily: tokens.fontFamilyBase,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusSmall,
    padding: '1px 6px',
  },
});

export default function HelpDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { t } = useTranslation();
  const here = useActiveShortcuts();
  const [single, setSingle] = useSingleKeys();
  return (
    <ModalDialog title={t('shortcuts.title')} onClose={onClose} closeText={t('common.close')}>
      <Switch
        checked={single}
        onChange={(_, data) => setSingle(data.checked)}
        label={t('shortcuts.single')}
      />
      {single && (
        <Keys caption={t('shortcuts.here')} rows={here.map(({ key, text }) => [key, text])} />
      )}
      <Keys
        caption={t('shortcuts.lists')}
        rows={[
          [t('shortcuts.keys.arrows'), t('shortcuts.move')],
          [t('shortcuts.keys.ends'), t('shortcuts.ends')],
          [t('shortcuts.keys.select'), t('shortcuts.select')],
          [t('shortcuts.keys.toggle'), t('shortcuts.toggle')],
          [t('shortcuts.keys.all'), t('shortcuts.all')],
          [t('shortcuts.keys.enter'), t('shortcuts.open')],
          [t('shortcuts.keys.delete'), t('shortcuts.remove')],
        ]}
      />
      <Keys
        caption={t('shortcuts.everywhere')}
        rows={[
          [t('shortcuts.keys.tab'), t('shortcuts.areas')],
          [t('shortcuts.keys.escape'), t('shortcuts.cancel')],
        ]}
      />
    </ModalDialog>
  );
}

function Keys({ caption, rows }: { caption: string; rows: [string, string][] }): ReactElement {
  const styles = useStyles();
  return (
    <table className={styles.table}>
      <caption className={styles.caption}>{caption}</caption>
      <tbody>
        {rows.map(([key, text]) => (
          <tr key={key}>
            <th scope="row" className={styles.keys}>
              <kbd className={styles.key}>{key}</kbd>
            </th>
            <td>{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
