// Whether a list is read again every few seconds.
import { Switch, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';

const useStyles = makeStyles({ live: { flexShrink: 0, whiteSpace: 'nowrap' } });

interface Props {
  live: boolean;
  onChange: (live: boolean) => void;
  seconds: number;
}

export function LiveSwitch({ live, onChange, seconds }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <Switch
      className={styles.live}
      checked={live}
      label={t('queues.live')}
      title={t('queues.liveEvery', { count: seconds })}
      onChange={(_, data) => onChange(data.checked)}
    />
  );
}
