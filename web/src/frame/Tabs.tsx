// The second level of navigation: the pages of the present area.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Page } from '../pages/page';
import { NavList } from './NavList';
import { format } from './router';

const useStyles = makeStyles({
  tabs: {
    display: 'flex',
    columnGap: '24px',
    flexShrink: 0,
    padding: '8px 24px 0',
    overflowX: 'auto',
    '@media (max-width: 800px)': { padding: '4px 12px 0' },
  },
  item: {
    padding: '6px 2px',
    whiteSpace: 'nowrap',
    color: tokens.colorNeutralForeground2,
    textDecorationLine: 'none',
    borderBottom: '3px solid transparent',
    fontSize: tokens.fontSizeBase400,
    ':hover': {
      color: tokens.colorNeutralForeground1,
      borderBottomColor: tokens.colorNeutralStroke1,
    },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  current: {
    color: tokens.colorBrandForeground1,
    borderBottomColor: tokens.colorCompoundBrandStroke,
    fontWeight: tokens.fontWeightSemibold,
  },
});

export function Tabs({
  pages,
  current,
}: {
  pages: readonly Page[];
  current: Page | undefined;
}): ReactElement | null {
  const styles = useStyles();
  const { t } = useTranslation();
  const tabs = pages.filter((page) => page.area === current?.area);
  if (tabs.length === 0) return null;
  return (
    <NavList
      label={t('frame.tabs')}
      items={tabs.map((page) => ({
        id: page.tab,
        href: format([page.area, page.tab]),
        content: t(page.title),
      }))}
      current={current?.tab}
      className={styles.tabs}
      itemClass={styles.item}
      currentClass={styles.current}
    />
  );
}
