// The first level of navigation: the areas that have a page for this person.
import { makeStyles, tokens } from '@fluentui/react-components';
import { ArrowRouting24Regular } from '@fluentui/react-icons/svg/arrow-routing';
import { Gauge24Regular } from '@fluentui/react-icons/svg/gauge';
import { Globe24Regular } from '@fluentui/react-icons/svg/globe';
import { People24Regular } from '@fluentui/react-icons/svg/people';
import { Server24Regular } from '@fluentui/react-icons/svg/server';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { areas } from '../pages';
import type { Page } from '../pages/page';
import { NavList } from './NavList';
import { format } from './router';

const ICONS = {
  dashboard: <Gauge24Regular aria-hidden />,
  recipients: <People24Regular aria-hidden />,
  'mail-flow': <ArrowRouting24Regular aria-hidden />,
  servers: <Server24Regular aria-hidden />,
  sandbox: <Globe24Regular aria-hidden />,
};

const useStyles = makeStyles({
  pane: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '2px',
    padding: '12px 8px',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowY: 'auto',
    '@media (max-width: 800px)': { flexDirection: 'row', padding: '4px 8px', overflowX: 'auto' },
  },
  item: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '8px',
    minHeight: '40px',
    padding: '4px 8px 4px 12px',
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground1,
    textDecorationLine: 'none',
    fontSize: tokens.fontSizeBase300,
    ':hover': { backgroundColor: tokens.colorNeutralBackground3Hover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
    '@media (max-width: 800px)': { whiteSpace: 'nowrap' },
  },
  current: {
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorBrandForeground1,
    fontWeight: tokens.fontWeightSemibold,
    boxShadow: `inset 3px 0 0 ${tokens.colorCompoundBrandBackground}`,
  },
});

export function FeaturePane({
  pages,
  current,
}: {
  pages: readonly Page[];
  current: Page | undefined;
}): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const items = areas.flatMap(({ id, text }) => {
    const first = pages.find((page) => page.area === id);
    if (!first) return [];
    const content = (
      <>
        {ICONS[id]}
        <span>{t(text)}</span>
      </>
    );
    return [{ id, href: format([id, first.tab]), content }];
  });
  return (
    <NavList
      label={t('frame.areas')}
      items={items}
      current={current?.area}
      className={styles.pane}
      itemClass={styles.item}
      currentClass={styles.current}
    />
  );
}
