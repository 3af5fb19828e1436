// A dialog over the page: mounted means open. The focus stays inside, Escape asks to close, and when it
// is gone the focus returns to what had it before. A click beside it does not close it, so that nothing
// typed is lost by a slip. Give `footer` for buttons of your own; otherwise there is one to close.
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
} from '@fluentui/react-components';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  title: string;
  /** Asked for by Escape and the closing button; without it the dialog cannot be closed. */
  onClose?: () => void;
  closeText?: string;
  size?: 'small' | 'medium' | 'large';
  /** For dialogs that interrupt. */
  alert?: boolean;
  footer?: ReactNode;
  children: ReactNode;
}

const useStyles = makeStyles({
  surface: {
    boxSizing: 'border-box',
    maxHeight: 'calc(100vh - 32px)',
    width: 'calc(100vw - 32px)',
  },
  small: { maxWidth: '460px' },
  medium: { maxWidth: '620px' },
  large: { maxWidth: '860px' },
  body: { maxHeight: 'calc(100vh - 80px)' },
  content: { overflowX: 'hidden', padding: '2px' },
  actions: { flexWrap: 'wrap' },
});

export function ModalDialog({
  title,
  onClose,
  closeText,
  size = 'medium',
  alert,
  footer,
  children,
}: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  useReturnFocus();
  return (
    <Dialog
      open
      modalType={alert ? 'alert' : 'modal'}
      onOpenChange={(_, data) => {
        if (data.type === 'escapeKeyDown') onClose?.();
      }}
    >
      <DialogSurface
        className={mergeClasses(styles.surface, styles[size])}
        aria-describedby={undefined}
      >
        <DialogBody className={styles.body}>
          <DialogTitle action={null}>{title}</DialogTitle>
          <DialogContent className={styles.content}>{children}</DialogContent>
          {(footer !== undefined || onClose) && (
            <DialogActions className={styles.actions} position="end">
              {footer ?? <Button onClick={onClose}>{closeText ?? t('common.close')}</Button>}
            </DialogActions>
          )}
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** Gives the focus back, when the component goes, to what had it when it was first drawn. */
function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        const nowhere = document.activeElement === null || document.activeElement === document.body;
        if (nowhere && before instanceof HTMLElement) before.focus();
      }, 0);
    },
    [before],
  );
}
