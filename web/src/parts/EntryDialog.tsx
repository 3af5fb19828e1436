// The small dialog for one entry of a list: fields, Save, Cancel. Enter saves.
import { Button } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from './ModalDialog';

interface Props {
  title: string;
  busy: boolean;
  onSave: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

export function EntryDialog({ title, busy, onSave, onClose, children }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <ModalDialog
      title={title}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button appearance="primary" disabledFocusable={busy} onClick={() => void onSave()}>
            {t('common.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div
        style={{ display: 'flex', flexDirection: 'column', rowGap: 12 }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
          event.preventDefault();
          event.stopPropagation();
          void onSave();
        }}
      >
        {children}
      </div>
    </ModalDialog>
  );
}
