// Asks the DNS again, and says what has come of it.
import { Button, Text, makeStyles } from '@fluentui/react-components';
import { GlobeSearch20Regular } from '@fluentui/react-icons/svg/globe-search';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { DkimConfig } from './config';
import { useDkimTexts } from './texts';
import { useConfig } from './use-config';

const useStyles = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 10px' },
});

export function CheckNow({ config }: { config: DkimConfig }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const texts = useDkimTexts();
  const { config: now, check, checking } = useConfig(config);
  // What was asked for is said until the configuration is another.
  const [asked, setAsked] = useState<number | null>(null);
  const isSaid = asked === now.ObjectVersion;
  const ask = async () => {
    await check();
    setAsked(now.ObjectVersion);
  };
  const said = isSaid ? t('dkim.checked', { status: texts.status(now.Status) }) : '';
  return (
    <div className={styles.row}>
      <Button
        size="small"
        icon={<GlobeSearch20Regular />}
        disabledFocusable={checking}
        onClick={() => !checking && void ask()}
      >
        {t('dkim.check')}
      </Button>
      <Text size={200} role="status">
        {checking ? t('dkim.checking') : said}
      </Text>
    </div>
  );
}
