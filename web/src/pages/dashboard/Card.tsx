// A part of the dashboard: title, state, what it is about, and where to go on.
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { CheckmarkCircle20Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { ErrorCircle20Filled } from '@fluentui/react-icons/svg/error-circle';
import { Warning20Filled } from '@fluentui/react-icons/svg/warning';
import { useId, type ReactElement, type ReactNode } from 'react';

export type Tone = 'good' | 'warning' | 'bad';

const useStyles = makeStyles({
  card: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '10px',
    minWidth: 0,
    padding: '16px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
    overflowWrap: 'anywhere',
  },
  wide: { gridColumn: '1 / -1' },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase300,
    lineHeight: tokens.lineHeightBase300,
    color: tokens.colorNeutralForeground2,
    fontWeight: tokens.fontWeightSemibold,
  },
  state: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '8px',
    margin: 0,
    fontSize: tokens.fontSizeBase400,
    lineHeight: tokens.lineHeightBase400,
    fontWeight: tokens.fontWeightSemibold,
  },
  icon: { display: 'flex', flexShrink: 0 },
  good: { color: tokens.colorStatusSuccessForeground1 },
  warning: { color: tokens.colorStatusWarningForeground3 },
  bad: { color: tokens.colorStatusDangerForeground1 },
});

interface Props {
  title: string;
  tone?: Tone;
  state?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}

const ICONS = {
  good: <CheckmarkCircle20Filled />,
  warning: <Warning20Filled />,
  bad: <ErrorCircle20Filled />,
};

export function Card({ title, tone, state, wide, children }: Props): ReactElement {
  const styles = useStyles();
  const id = useId();
  return (
    <section className={mergeClasses(styles.card, wide && styles.wide)} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      {state !== undefined && (
        <p className={styles.state}>
          {tone && (
            <span className={mergeClasses(styles.icon, styles[tone])} aria-hidden>
              {ICONS[tone]}
            </span>
          )}
          <span>{state}</span>
        </p>
      )}
      {children}
    </section>
  );
}
