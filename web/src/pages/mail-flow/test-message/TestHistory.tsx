// The last tests of this browser session.
import { Link, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircle16Regular } from '@fluentui/react-icons/svg/checkmark-circle';
import { Clock16Regular } from '@fluentui/react-icons/svg/clock';
import { ErrorCircle16Regular } from '@fluentui/react-icons/svg/error-circle';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { followAddress } from '../queues/addresses';
import { Ago } from '../queues/Moment';
import { useTests, type Test } from './history';

const useStyles = makeStyles({
  title: { margin: '0 0 8px', fontSize: tokens.fontSizeBase400 },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  one: {
    display: 'grid',
    gridTemplateColumns: '20px minmax(0, 1fr) auto',
    columnGap: '8px',
    alignItems: 'center',
    padding: '6px 8px',
    borderRadius: tokens.borderRadiusMedium,
  },
  current: { backgroundColor: tokens.colorBrandBackground2 },
  to: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  at: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  good: { color: tokens.colorStatusSuccessForeground1 },
  bad: { color: tokens.colorStatusDangerForeground1 },
  waiting: { color: tokens.colorNeutralForeground2 },
  icon: { display: 'flex' },
});

export function TestHistory({ current }: { current: string | undefined }): ReactElement | null {
  const styles = useStyles();
  const { t } = useTranslation();
  const tests = useTests();
  if (tests.length === 0) return null;
  return (
    <section aria-labelledby="tests-title">
      <h2 id="tests-title" className={styles.title}>
        {t('testMessage.history')}
      </h2>
      <ul className={styles.list}>
        {tests.map((test) => (
          <li
            key={test.id}
            className={mergeClasses(styles.one, test.id === current && styles.current)}
          >
            <End end={test.end} />
            <Link
              className={styles.to}
              href={followAddress(test.id, test.at)}
              aria-current={test.id === current ? 'true' : undefined}
              title={test.subject}
            >
              {test.to}
            </Link>
            <span className={styles.at}>
              <Ago at={test.at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function End({ end }: { end: Test['end'] }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const look = {
    delivered: {
      text: t('testMessage.delivered'),
      icon: <CheckmarkCircle16Regular />,
      of: styles.good,
    },
    failed: { text: t('testMessage.failed'), icon: <ErrorCircle16Regular />, of: styles.bad },
    open: { text: t('testMessage.open'), icon: <Clock16Regular />, of: styles.waiting },
  }[end ?? 'open'];
  return (
    <span
      className={mergeClasses(styles.icon, look.of)}
      role="img"
      aria-label={look.text}
      title={look.text}
    >
      {look.icon}
    </span>
  );
}
