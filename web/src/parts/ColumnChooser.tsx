// Add/Remove columns: which columns of a list are shown.
import { Button, Checkbox, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from './ModalDialog';

interface Props {
  columns: readonly { id: string; title: string }[];
  chosen: readonly string[];
  /** Null for the columns that are shown by default. */
  onChoose: (ids: string[] | null) => void;
  onClose: () => void;
}

const useStyles = makeStyles({
  boxes: { display: 'flex', flexDirection: 'column', border: 0, margin: 0, padding: 0 },
});

export function ColumnChooser({ columns, chosen, onChoose, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<readonly string[]>(chosen);
  const finish = (ids: string[] | null) => {
    onChoose(ids);
    onClose();
  };
  return (
    <ModalDialog
      title={t('list.columnsTitle')}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button
            appearance="primary"
            disabledFocusable={wanted.length === 0}
            onClick={() => wanted.length > 0 && finish([...wanted])}
          >
            {t('common.ok')}
          </Button>
          <Button onClick={() => finish(null)}>{t('list.resetColumns')}</Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <fieldset className={styles.boxes} aria-label={t('list.columnsTitle')}>
        {columns.map(({ id, title }) => (
          <Checkbox
            key={id}
            label={title}
            checked={wanted.includes(id)}
            onChange={(_, data) =>
              setWanted(data.checked ? [...wanted, id] : wanted.filter((one) => one !== id))
            }
          />
        ))}
      </fieldset>
    </ModalDialog>
  );
}
