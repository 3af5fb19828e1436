// The bar at the top: product, organization and server; notifications, help, theme, language, user.
import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tooltip,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { DarkTheme20Regular } from '@fluentui/react-icons/svg/dark-theme';
import { LocalLanguage20Regular } from '@fluentui/react-icons/svg/local-language';
import { Person20Regular } from '@fluentui/react-icons/svg/person';
import { QuestionCircle20Regular } from '@fluentui/react-icons/svg/question-circle';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { signOut, useWhoAmI } from '../api/session';
import { chooseLanguage, languages, nameOf } from '../texts';
import { NotificationList } from './NotificationList';
import { chooseTheme, useThemeChoice, type Choice } from './theme';

const useStyles = makeStyles({
  bar: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '4px',
    minHeight: '48px',
    padding: '0 12px',
    backgroundColor: '#0f548c',
    color: '#ffffff',
  },
  logo: { width: '28px', height: '28px' },
  product: {
    fontSize: tokens.fontSizeBase400,
    fontWeight: tokens.fontWeightSemibold,
    margin: '0 12px 0 8px',
  },
  server: {
    flexGrow: 1,
    minWidth: 0,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    color: '#ffffff',
  },
  sandbox: {
    padding: '0 6px',
    border: '1px solid #ffffff',
    borderRadius: tokens.borderRadiusCircular,
    fontSize: tokens.fontSizeBase200,
  },
  button: {
    color: '#ffffff',
    minWidth: '32px',
    ':hover': { color: '#ffffff', backgroundColor: '#115ea3' },
    ':hover:active': { color: '#ffffff', backgroundColor: '#0c3b5e' },
    ':focus-visible': { outline: '2px solid #ffffff', outlineOffset: '-2px' },
  },
  user: { '@media (max-width: 640px)': { display: 'none' } },
  facts: { padding: '6px 12px', maxWidth: '320px', lineHeight: tokens.lineHeightBase300 },
  fine: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

export function Header({ onHelp }: { onHelp: () => void }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { server, address, sandbox } = useWhoAmI();
  const domain = address?.split('@')[1];
  return (
    <header className={styles.bar}>
      <img className={styles.logo} src="./favicon.svg" alt="" />
      <span className={styles.product}>Relais</span>
      <span className={styles.server}>
        {[domain, server].filter(Boolean).join(' · ')}{' '}
        {sandbox && <span className={styles.sandbox}>sandbox</span>}
      </span>
      <NotificationList className={styles.button} />
      <Tooltip content={t('frame.help')} relationship="label">
        <Button
          className={styles.button}
          appearance="subtle"
          icon={<QuestionCircle20Regular />}
          aria-keyshortcuts="?"
          onClick={onHelp}
        />
      </Tooltip>
      <ThemeMenu />
      <LanguageMenu />
      <UserMenu />
    </header>
  );
}

function ThemeMenu(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const choice = useThemeChoice();
  return (
    <Menu
      checkedValues={{ theme: [choice] }}
      onCheckedValueChange={(_, data) => chooseTheme(data.checkedItems[0] as Choice)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={t('frame.theme')} relationship="label">
          <Button className={styles.button} appearance="subtle" icon={<DarkTheme20Regular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {(['light', 'dark', 'automatic'] as const).map((value) => (
            <MenuItemRadio key={value} name="theme" value={value}>
              {t(`frame.${value}`)}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function LanguageMenu(): ReactElement {
  const styles = useStyles();
  const { t, i18n } = useTranslation();
  return (
    <Menu
      checkedValues={{ language: [i18n.language] }}
      onCheckedValueChange={(_, data) => void chooseLanguage(data.checkedItems[0] ?? 'en')}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={t('frame.language')} relationship="label">
          <Button className={styles.button} appearance="subtle" icon={<LocalLanguage20Regular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {languages.map((language) => (
            <MenuItemRadio key={language} name="language" value={language} lang={language}>
              {nameOf(language)}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function UserMenu(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { user, address, roleGroups, version } = useWhoAmI();
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          className={styles.button}
          appearance="subtle"
          icon={<Person20Regular />}
          aria-label={t('frame.user', { user })}
        >
          <span className={styles.user}>{user}</span>
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <div className={styles.facts}>
          <div>{user}</div>
          {address && <div className={styles.fine}>{address}</div>}
        </div>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{t('frame.roleGroups')}</MenuGroupHeader>
            <div className={styles.facts}>{roleGroups.join(', ')}</div>
          </MenuGroup>
          <MenuDivider />
          <MenuItem onClick={() => void signOut()}>{t('frame.signOut')}</MenuItem>
        </MenuList>
        {version && (
          <div className={styles.facts}>
            <span className={styles.fine}>{t('frame.version', { version })}</span>
          </div>
        )}
      </MenuPopover>
    </Menu>
  );
}
