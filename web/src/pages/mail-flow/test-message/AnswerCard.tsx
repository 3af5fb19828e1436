// The frame of an answer: how it ended, and the facts that belong to it.
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircle24Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { Clock24Filled } from '@fluentui/react-icons/svg/clock';
import { ErrorCircle24Filled } from '@fluentui/react-icons/svg/error-circle';
import type { ReactElement, ReactNode } from 'react';

const useStyles = makeStyles({
  card: {
    padding: '14px 16px',
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderLeftWidth: '4px',
  },
  good: { borderLeftColor: tokens.colorStatusSuccessBorderActive },
  bad: { borderLeftColor: tokens.colorStatusDangerBorderActive },
  waiting: { borderLeftColor: tokens.colorStatusWarningBorderActive },
  head: { display: 'flex', alignItems: 'center', columnGap: '10px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400 },
  goodIcon: { display: 'flex', color: tokens.colorStatusSuccessForeground1 },
  badIcon: { display: 'flex', color: tokens.colorStatusDangerForeground1 },
  waitingIcon: { display: 'flex', color: tokens.colorStatusWarningForeground3 },
  facts: {
    display: 'grid',
    gridTemplateColumns: 'minmax(100px, 170px) minmax(0, 1fr)',
    gap: '6px 16px',
    margin: '12px 0 0',
    overflowWrap: 'anywhere',
    '@media (max-width: 600px)': { gridTemplateColumns: 'minmax(0, 1fr)' },
  },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0 },
});

interface CardProps {
  tone: 'good' | 'bad' | 'waiting';
  title: string;
  facts: readonly (readonly [string, ReactNode])[];
  children?: ReactNode;
}

export function AnswerCard({ tone, title, facts, children }: CardProps): ReactElement {
  const styles = useStyles();
  const icon = {
    good: <CheckmarkCircle24Filled />,
    bad: <ErrorCircle24Filled />,
    waiting: <Clock24Filled />,
  }[tone];
  return (
    <article className={mergeClasses(styles.card, styles[tone])}>
      <div className={styles.head}>
        <span className={styles[`${tone}Icon`]} aria-hidden>
          {icon}
        </span>
        <h3 className={styles.title}>{title}</h3>
      </div>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== '')
          .map(([name, value]) => (
            <FactRow key={name} name={name} value={value} />
          ))}
      </dl>
      {children}
    </article>
  );
}

function FactRow({ name, value }: { name: string; value: ReactNode }): ReactElement {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{value}</dd>
    </>
  );
}
