// The bell: how many notifications are new, and the list of all since the window was opened.
import {
  Button,
  Popover,
  PopoverSurface,
  PopoverTrigger,
  Text,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { Alert20Regular } from '@fluentui/react-icons/svg/alert';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../texts/format';
import { clearNotifications, markRead, useNotifications } from './notifications';
import { KindIcon } from './KindIcon';

const useStyles = makeStyles({
  anchor: { position: 'relative' },
  badge: {
    position: 'absolute',
    top: '-6px',
    left: '10px',
    minWidth: '16px',
    boxSizing: 'border-box',
    padding: '0 4px',
    borderRadius: tokens.borderRadiusCircular,
    backgroundColor: '#c50f1f',
    color: '#ffffff',
    fontSize: tokens.fontSizeBase100,
    lineHeight: '16px',
    textAlign: 'center',
    pointerEvents: 'none',
  },
  surface: {
    width: '360px',
    maxWidth: '90vw',
    maxHeight: '70vh',
    display: 'flex',
    flexDirection: 'column',
    boxSizing: 'border-box',
  },
  head: {
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    columnGap: '12px',
  },
  list: { listStyleType: 'none', margin: '8px 0 0', padding: 0, overflowY: 'auto' },
  item: {
    display: 'grid',
    gridTemplateColumns: '20px 1fr',
    columnGap: '8px',
    padding: '8px 0',
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
  },
  time: { color: tokens.colorNeutralForeground2, display: 'block' },
});

export function NotificationList({ className }: { className?: string }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { list, unread } = useNotifications();
  const label = unread > 0 ? t('frame.unread', { count: unread }) : t('frame.notifications');
  return (
    <Popover trapFocus onOpenChange={(_, data) => data.open && markRead()} positioning="below-end">
      <PopoverTrigger disableButtonEnhancement>
        <Button
          className={className}
          appearance="subtle"
          aria-label={label}
          title={label}
          icon={
            <span className={styles.anchor}>
              <Alert20Regular />
              {unread > 0 && <span className={styles.badge}>{unread > 99 ? '99+' : unread}</span>}
            </span>
          }
        />
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label={t('frame.notifications')}>
        <div className={styles.head}>
          <Text weight="semibold" as="h2" style={{ margin: 0 }}>
            {t('frame.notifications')}
          </Text>
          {list.length > 0 && (
            <Button size="small" appearance="subtle" onClick={clearNotifications}>
              {t('frame.clear')}
            </Button>
          )}
        </div>
        {list.length === 0 && <Text>{t('frame.noNotifications')}</Text>}
        <ul className={styles.list} tabIndex={list.length > 0 ? 0 : undefined}>
          {list.map((one) => (
            <li key={one.id} className={styles.item}>
              <KindIcon kind={one.kind} />
              <div>
                <Text>{one.title}</Text>
                {one.body && <Text block>{one.body}</Text>}
                <Text size={200} className={styles.time}>
                  {format.dateTime(one.at)}
                </Text>
              </div>
            </li>
          ))}
        </ul>
      </PopoverSurface>
    </Popover>
  );
}
