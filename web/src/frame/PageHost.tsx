// Loads and shows the page of the present address. An address without page goes to the first page
// there is; a page that fails shows that, and the frame goes on.
import { Button, Spinner } from '@fluentui/react-components';
import {
  Component,
  Suspense,
  lazy,
  useEffect,
  type ComponentType,
  type ReactElement,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../pages/page';
import { EmptyState } from '../parts/EmptyState';
import { format, navigate, useRoute, type Route } from './router';

/** The page of an address; the first one where none is named. */
export function currentPage(pages: readonly Page[], { path }: Route): Page | undefined {
  const [area, tab] = path;
  if (area === undefined) return pages[0];
  const there = pages.filter((page) => page.area === area);
  return tab === undefined ? there[0] : there.find((page) => page.tab === tab);
}

const loaded = new Map<Page, ComponentType>();

function componentOf(page: Page): ComponentType {
  const known = loaded.get(page);
  if (known) return known;
  const component = lazy(page.load);
  loaded.set(page, component);
  return component;
}

export function PageHost({ page, none }: { page: Page | undefined; none: boolean }): ReactElement {
  const { t } = useTranslation();
  const { path } = useRoute();
  useEffect(() => {
    document.title = page ? `${t(page.title)} – Relais` : 'Relais';
    if (page && path.length < 2) navigate(format([page.area, page.tab]), true);
  }, [page, path, t]);
  if (none) return <EmptyState title={t('frame.nothing')} text={t('frame.nothingText')} />;
  if (!page) return <EmptyState title={t('frame.notFound')} text={t('frame.notFoundText')} />;
  const Page = componentOf(page);
  return (
    <Boundary key={`${page.area}/${page.tab}`} fallback={<Crashed />}>
      <h1 className="visually-hidden">{t(page.title)}</h1>
      <Suspense fallback={<Spinner label={t('common.loading')} />}>
        <Page />
      </Suspense>
    </Boundary>
  );
}

function Crashed(): ReactElement {
  const { t } = useTranslation();
  return (
    <EmptyState
      title={t('frame.crashed')}
      text={t('frame.crashedText')}
      action={
        <Button appearance="primary" onClick={() => location.reload()}>
          {t('frame.reload')}
        </Button>
      }
    />
  );
}

interface BoundaryProps {
  fallback: ReactNode;
  children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
