// A dialog over the page: mounted means open. The focus stays inside, Escape asks to close, and when it
// is gone the focus returns to what had it before. A click beside it does not close it, so that nothing
// typed is lost by a slip. The first focus is on the element marked data-first, else the first there is. Give `footer` for buttons of your own; otherwise there is one to close.
import {
  Button,
  Dialog,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
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
  /** Small, beside the title. */
  aside?: ReactNode;
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
  aside: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  body: { maxHeight: 'calc(100vh - 80px)' },
  content: { overflowX: 'hidden', padding: '2px' },
  actions: {
    gridColumn: '1 / -1',
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'flex-end',
    gap: '8px',
    paddingTop: '8px',
  },
});

export function ModalDialog({
  title,
  onClose,
  closeText,
  size = 'medium',
  alert,
  footer,
  aside,
  children,
}: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const surface = useRef<HTMLDivElement>(null);
  useReturnFocus();
  useEffect(() => surface.current?.querySelector<HTMLElement>('[data-first]')?.focus(), []);
  return (
    <Dialog
      open
      modalType={alert ? 'alert' : 'modal'}
      onOpenChange={(_, data) => {
        if (data.type === 'escapeKeyDown') onClose?.();
      }}
    >
      <DialogSurface
        ref={surface}
        className={mergeClasses(styles.surface, styles[size])}
        aria-describedby={undefined}
      >
        <DialogBody className={styles.body}>
          <DialogTitle
            action={aside === undefined ? null : <span className={styles.aside}>{aside}</span>}
          >
            {title}
          </DialogTitle>
          <DialogContent className={styles.content}>{children}</DialogContent>
          {(footer !== undefined || onClose) && (
            <div className={styles.actions}>
              {footer ?? <Button onClick={onClose}>{closeText ?? t('common.close')}</Button>}
            </div>
          )}
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/**
 * Gives the focus back, when the component goes, to what had it when it was first drawn, unless
 * another dialog has taken it meanwhile.
 */
function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        const dialog = document.activeElement?.closest('[role=dialog], [role=alertdialog]');
        const elsewhere = dialog && !dialog.contains(before);
        if (!elsewhere && before instanceof HTMLElement && before.isConnected) before.focus();
      }, 0);
    },
    [before],
  );
}
