// The steps of a message, one below the other: what happened, when, and what the other side said.
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../texts/format';
import type { Step } from './timeline';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  step: {
    position: 'relative',
    padding: '0 0 16px 26px',
    '::before': {
      content: '""',
      position: 'absolute',
      left: '3px',
      top: '4px',
      width: '11px',
      height: '11px',
      borderRadius: '50%',
      boxSizing: 'border-box',
      border: `2px solid ${tokens.colorNeutralStroke1}`,
      backgroundColor: tokens.colorNeutralBackground1,
    },
    ':not(:last-child)::after': {
      content: '""',
      position: 'absolute',
      left: '8px',
      top: '17px',
      bottom: '-2px',
      width: '1px',
      backgroundColor: tokens.colorNeutralStroke1,
    },
  },
  good: {
    '::before': {
      backgroundColor: tokens.colorStatusSuccessForeground1,
      borderTopColor: 'transparent',
      borderRightColor: 'transparent',
      borderBottomColor: 'transparent',
      borderLeftColor: 'transparent',
    },
  },
  bad: {
    '::before': {
      backgroundColor: tokens.colorStatusDangerForeground1,
      borderTopColor: 'transparent',
      borderRightColor: 'transparent',
      borderBottomColor: 'transparent',
      borderLeftColor: 'transparent',
    },
  },
  waiting: {
    '::before': {
      borderTopColor: tokens.colorStatusWarningForeground3,
      borderRightColor: tokens.colorStatusWarningForeground3,
      borderBottomColor: tokens.colorStatusWarningForeground3,
      borderLeftColor: tokens.colorStatusWarningForeground3,
    },
  },
  plain: {},
  head: { display: 'flex', flexWrap: 'wrap', columnGap: '12px', alignItems: 'baseline' },
  what: { fontWeight: tokens.fontWeightSemibold },
  soft: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  line: { overflowWrap: 'anywhere' },
  said: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
    marginTop: '2px',
  },
});

export function Timeline({ steps }: { steps: readonly Step[] }): ReactElement {
  const styles = useStyles();
  return (
    <ol className={styles.list}>
      {steps.map((step) => (
        <li key={step.key} className={mergeClasses(styles.step, styles[step.tone])}>
          <StepText step={step} />
        </li>
      ))}
    </ol>
  );
}

function StepText({ step }: { step: Step }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const other =
    step.host && step.address && step.host !== step.address
      ? `${step.host} [${step.address}]`
      : (step.host ?? step.address);
  const lines = [
    other && t(step.event === 'receive' ? 'testMessage.givenBy' : 'testMessage.takenBy', { other }),
    step.connector && t('testMessage.by', { connector: step.connector }),
    step.recipients.length > 0 &&
      t('testMessage.for', { recipients: format.list(step.recipients) }),
  ].filter((line): line is string => Boolean(line));
  return (
    <>
      <div className={styles.head}>
        <span className={styles.what}>{t(`testMessage.events.${step.event}`)}</span>
        <time className={styles.soft} dateTime={step.at}>
          {format.exact(step.at)}
        </time>
        <span className={styles.soft} translate="no">
          {step.written}
        </span>
      </div>
      {lines.map((line) => (
        <div key={line} className={mergeClasses(styles.soft, styles.line)}>
          {line}
        </div>
      ))}
      {step.said.map((text) => (
        <div key={text} className={styles.said}>
          {text}
        </div>
      ))}
      {step.times > 1 && (
        <div className={styles.soft}>
          {t('testMessage.again', { count: step.times - 1, at: format.exact(step.lastAt) })}
        </div>
      )}
    </>
  );
}
