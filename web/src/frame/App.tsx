// The outermost component: theme, styles and queries around either the sign-in page or the frame.
// When a session ends while the frame is shown, the frame stays and a dialog asks for the password.
import { FluentProvider, RendererProvider, Spinner } from '@fluentui/react-components';
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense, lazy, useEffect, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '../api/queries';
import { useSession } from '../api/session';
import { clearNotifications } from './notifications';
import { SignIn, Unreachable } from './SignIn';
import { renderer, useTheme } from './theme';

const Frame = lazy(() => import('./Frame'));

export function App(): ReactElement {
  const { theme, isDark } = useTheme();
  useEffect(() => {
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
  }, [isDark]);
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={theme}>
        <QueryClientProvider client={queries}>
          <Content />
        </QueryClientProvider>
      </FluentProvider>
    </RendererProvider>
  );
}

function Content(): ReactElement {
  const { t } = useTranslation();
  const session = useSession();
  const isOut = session.phase === 'out';
  useEffect(() => {
    // Nothing of one person is shown to the next.
    if (!isOut) return;
    queries.clear();
    clearNotifications();
  }, [isOut]);
  const waiting = <Spinner label={t('common.loading')} style={{ height: '100%' }} />;
  switch (session.phase) {
    case 'starting':
      return waiting;
    case 'unreachable':
      return <Unreachable problem={session.problem} />;
    case 'out':
      return <SignIn />;
    default:
      return (
        <Suspense fallback={waiting}>
          <Frame ended={session.phase === 'ended'} />
        </Suspense>
      );
  }
}
