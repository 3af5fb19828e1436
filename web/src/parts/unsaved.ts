// Keeps what was typed from being lost: while `dirty`, closing the window warns, and leaving the page
// or the dialog asks first. Returns the question: resolves to whether one may leave.
import { useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { block } from '../frame/router';
import { useConfirm } from './confirm';

export function useUnsavedGuard(dirty: boolean): () => Promise<boolean> {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const mayLeave = useCallback(async () => {
    if (!dirty) return true;
    return confirm({
      title: t('unsaved.title'),
      text: t('unsaved.text'),
      yes: t('unsaved.discard'),
      no: t('unsaved.stay'),
    });
  }, [dirty, confirm, t]);
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    const free = block(mayLeave);
    return () => {
      window.removeEventListener('beforeunload', warn);
      free();
    };
  }, [dirty, mayLeave]);
  return mayLeave;
}
