// Where a configuration stands, in a colour and in sentences that say what is to be done next.
import {
  MessageBar,
  MessageBarBody,
  makeStyles,
  type MessageBarProps,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useNow } from '../queues/clock';
import type { DkimConfig } from './config';
import { standingOf, type Standing } from './records';
import { useDkimTexts } from './texts';

const INTENTS: Readonly<Record<Standing['signing'], MessageBarProps['intent']>> = {
  good: 'success',
  harm: 'error',
  unknown: 'warning',
  ready: 'info',
  publish: 'info',
  unchecked: 'info',
};

const useStyles = makeStyles({
  line: { margin: '6px 0' },
});

export function StandingBar({ config }: { config: DkimConfig }): ReactElement {
  const styles = useStyles();
  const texts = useDkimTexts();
  const standing = standingOf(config, useNow());
  const toDo = standing.signing === 'good' && standing.rotation === 'publish';
  return (
    <MessageBar
      intent={toDo ? 'warning' : INTENTS[standing.signing]}
      layout="multiline"
      politeness="polite"
    >
      <MessageBarBody>
        {texts.standing(config, standing).map((sentence) => (
          <p key={sentence} className={styles.line}>
            {sentence}
          </p>
        ))}
      </MessageBarBody>
    </MessageBar>
  );
}
