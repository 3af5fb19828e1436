// What surrounds every page: header above, feature pane at the left, tabs, and the page itself; the
// toasts, the shortcut list and the dialog for an ended session lie over it.
import { makeStyles, tokens } from '@fluentui/react-components';
import { Suspense, lazy, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useDirectoryEvents } from '../api/events';
import { useWhoAmI } from '../api/session';
import { pagesFor } from '../pages';
import { ConfirmProvider } from '../parts/confirm';
import { FeaturePane } from './FeaturePane';
import { Header } from './Header';
import { PageHost, currentPage } from './PageHost';
import { useRoute } from './router';
import { useShortcuts } from './shortcuts';
import { Tabs } from './Tabs';
import { Toasts } from './Toasts';

// Dialogs come when they are needed; fetched beforehand when the browser is idle, since the server may
// be away by then.
const help = () => import('./HelpDialog');
const again = () => import('./SessionDialog');
const HelpDialog = lazy(help);
const SessionDialog = lazy(again);

const useStyles = makeStyles({
  frame: {
    height: '100%',
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr)',
    gridTemplateRows: 'auto minmax(0, 1fr)',
    backgroundColor: tokens.colorNeutralBackground1,
  },
  skip: {
    position: 'absolute',
    zIndex: 10,
    top: '4px',
    left: '4px',
    padding: '8px 16px',
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorBrandForegroundLink,
    transform: 'translateY(-200%)',
    ':focus': { transform: 'none' },
  },
  below: {
    display: 'grid',
    gridTemplateColumns: '236px minmax(0, 1fr)',
    minHeight: 0,
    '@media (max-width: 800px)': {
      gridTemplateColumns: 'minmax(0, 1fr)',
      gridTemplateRows: 'auto minmax(0, 1fr)',
    },
  },
  main: { display: 'flex', flexDirection: 'column', minHeight: 0, minWidth: 0 },
  page: {
    flexGrow: 1,
    minHeight: 0,
    display: 'flex',
    flexDirection: 'column',
    padding: '0 24px 16px',
    overflow: 'auto',
    ':focus': { outlineStyle: 'none' },
    '@media (max-width: 800px)': { padding: '0 12px 12px' },
  },
});

export default function Frame({ ended }: { ended: boolean }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { cmdlets, sandbox, user } = useWhoAmI();
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    const timer = setTimeout(
      () => void Promise.all([help(), again()]).catch(() => undefined),
      3000,
    );
    return () => clearTimeout(timer);
  }, []);
  useDirectoryEvents(!ended);
  useShortcuts([{ key: '?', text: t('shortcuts.help'), run: () => setAsked(true) }]);
  const pages = pagesFor(cmdlets, sandbox);
  const page = currentPage(pages, useRoute());
  return (
    <ConfirmProvider>
      <div className={styles.frame}>
        <a
          className={styles.skip}
          href="#content"
          onClick={(event) => {
            event.preventDefault();
            document.querySelector<HTMLElement>('#content')?.focus();
          }}
        >
          {t('frame.skip')}
        </a>
        <Header onHelp={() => setAsked(true)} />
        <div className={styles.below}>
          <FeaturePane pages={pages} current={page} />
          <div className={styles.main}>
            <Tabs pages={pages} current={page} />
            <main id="content" className={styles.page} tabIndex={-1}>
              <PageHost page={page} none={pages.length === 0} />
            </main>
          </div>
        </div>
      </div>
      <Toasts />
      <Suspense>
        {asked && <HelpDialog onClose={() => setAsked(false)} />}
        {ended && <SessionDialog user={user} />}
      </Suspense>
    </ConfirmProvider>
  );
}
