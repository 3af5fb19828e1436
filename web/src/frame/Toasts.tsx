// Fresh notifications over the page, in a live region that exists from the start so that screen
// readers announce them. Errors stay until dismissed.
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Dismiss16Regular } from '@fluentui/react-icons/svg/dismiss';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { KindIcon } from './KindIcon';
import { dismiss, useNotifications } from './notifications';

const useStyles = makeStyles({
  region: {
    position: 'fixed',
    zIndex: 2_000_000,
    left: '16px',
    bottom: '16px',
    width: '380px',
    maxWidth: 'calc(100vw - 32px)',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '8px',
    pointerEvents: 'none',
  },
  toast: {
    display: 'grid',
    gridTemplateColumns: '20px 1fr auto',
    alignItems: 'start',
    columnGap: '12px',
    padding: '12px',
    pointerEvents: 'auto',
    overflowWrap: 'anywhere',
    backgroundColor: tokens.colorNeutralBackground1,
    color: tokens.colorNeutralForeground1,
    border: `1px solid ${tokens.colorTransparentStroke}`,
    borderRadius: tokens.borderRadiusMedium,
    boxShadow: tokens.shadow16,
  },
});

export function Toasts(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { list } = useNotifications();
  return (
    <div className={styles.region} role="status" aria-live="polite" aria-relevant="additions">
      {list
        .filter((one) => one.fresh)
        .slice(0, 4)
        .map((one) => (
          <div key={one.id} className={styles.toast}>
            <KindIcon kind={one.kind} />
            <div>
              <div>{one.title}</div>
              {one.body && <div>{one.body}</div>}
            </div>
            <Button
              size="small"
              appearance="subtle"
              icon={<Dismiss16Regular />}
              aria-label={t('frame.dismiss')}
              onClick={() => dismiss(one.id)}
            />
          </div>
        ))}
    </div>
  );
}
