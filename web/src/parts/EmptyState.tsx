// Nothing to show yet: says what would stand here, why there is nothing, and what to do about it.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

interface Props {
  icon?: ReactNode;
  title: string;
  text?: ReactNode;
  /** What to do, one after the other. */
  steps?: readonly string[];
  action?: ReactNode;
}

const useStyles = makeStyles({
  box: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'flex-start',
    rowGap: '12px',
    maxWidth: '560px',
    margin: '32px auto',
    padding: '0 16px',
    lineHeight: tokens.lineHeightBase400,
  },
  icon: { fontSize: '40px', lineHeight: 1, color: tokens.colorBrandForeground1 },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500 },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  steps: { margin: 0, paddingLeft: '20px', color: tokens.colorNeutralForeground2 },
});

export function EmptyState({ icon, title, text, steps, action }: Props): ReactElement {
  const styles = useStyles();
  return (
    <section className={styles.box}>
      {icon !== undefined && (
        <div className={styles.icon} aria-hidden>
          {icon}
        </div>
      )}
      <h2 className={styles.title}>{title}</h2>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {steps && (
        <ol className={styles.steps}>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {action}
    </section>
  );
}
