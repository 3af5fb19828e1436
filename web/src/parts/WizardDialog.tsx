// A dialog of several pages with Back, Next, Finish, Cancel. Each page is checked on Next (its `check`
// says what is missing), the whole on Finish. While it saves, buttons wait; when that is refused, the
// person stays on the page and reads why. Enter in a text field goes on.
import { Button, Spinner, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../api/problem';
import { ErrorPanel } from './ErrorPanel';
import { ModalDialog } from './ModalDialog';
import { useUnsavedGuard } from './unsaved';

export interface WizardPage {
  id: string;
  title: string;
  content: ReactNode;
  /** Whether one may go on; called on Next and Finish, may ask the server and show messages. */
  check: () => Promise<boolean>;
}

interface Props {
  title: string;
  pages: readonly WizardPage[];
  page: string;
  onPage: (id: string) => void;
  /** Saves; a thrown Problem is shown. */
  onFinish: () => Promise<void>;
  onClose: () => void;
  dirty: boolean;
  /** Below every page: ShowCommand. */
  command?: ReactNode;
}

const useStyles = makeStyles({
  content: { minHeight: '340px', display: 'flex', flexDirection: 'column', rowGap: '14px' },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
    outlineStyle: 'none',
  },
});

export function WizardDialog({
  title,
  pages,
  page,
  onPage,
  onFinish,
  onClose,
  dirty,
  command,
}: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const content = useRef<HTMLDivElement>(null);
  const mayLeave = useUnsavedGuard(dirty && !busy);
  const index = Math.max(
    0,
    pages.findIndex((one) => one.id === page),
  );
  const here = pages[index];
  const last = index === pages.length - 1;

  useEffect(() => {
    // The first field of a new page, or its first message after a refused Next.
    content.current
      ?.querySelector<HTMLElement>('[data-first], input:not([disabled]), button')
      ?.focus();
  }, [page]);

  const close = async () => {
    if (!busy && (await mayLeave())) onClose();
  };
  const next = async () => {
    if (busy || !here) return;
    setProblem(null);
    setBusy(true);
    const passed = await here.check();
    setBusy(false);
    if (!passed) {
      setTimeout(
        () => content.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(),
        0,
      );
      return;
    }
    if (!last) {
      onPage(pages[index + 1]?.id ?? page);
      return;
    }
    setBusy(true);
    try {
      await onFinish();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <ModalDialog
      title={title}
      aside={`${index + 1} / ${pages.length}`}
      onClose={() => void close()}
      footer={
        <>
          {busy && <Spinner size="tiny" label={t('common.saving')} />}
          <Button
            disabledFocusable={index === 0 || busy}
            onClick={() => index > 0 && onPage(pages[index - 1]?.id ?? page)}
          >
            {t('common.back')}
          </Button>
          <Button appearance="primary" disabledFocusable={busy} onClick={() => void next()}>
            {last ? t('common.finish') : t('common.next')}
          </Button>
          <Button onClick={() => void close()}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div
        ref={content}
        className={styles.content}
        onKeyDown={(event) => {
          const field =
            event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
          if (event.key !== 'Enter' || !field || !content.current?.contains(event.target as Node))
            return;
          event.preventDefault();
          void next();
        }}
      >
        <h3 className={styles.title}>{here?.title}</h3>
        {problem && <ErrorPanel problem={problem} />}
        {here?.content}
      </div>
      {command}
    </ModalDialog>
  );
}
