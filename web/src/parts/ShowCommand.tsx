// The PowerShell command that the page is about to run, or the commands one after the other, to copy. Folded or not is remembered.
import { Button, makeStyles } from '@fluentui/react-components';
import { ChevronDown16Regular } from '@fluentui/react-icons/svg/chevron-down';
import { ChevronRight16Regular } from '@fluentui/react-icons/svg/chevron-right';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { remember, remembered } from '../frame/preferences';
import { commandText } from './command';
import { CopyText } from './CopyText';

export interface Command {
  cmdlet: string;
  parameters: object;
}

interface Props extends Command {
  /** What runs after it. */
  then?: readonly Command[];
}

const useStyles = makeStyles({
  box: { marginTop: '16px' },
  toggle: { paddingLeft: 0, minWidth: 'auto' },
});

export function ShowCommand({ cmdlet, parameters, then = [] }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [open, setOpen] = useState(remembered('command') === 'open');
  return (
    <div className={styles.box}>
      <Button
        className={styles.toggle}
        appearance="transparent"
        size="small"
        icon={open ? <ChevronDown16Regular /> : <ChevronRight16Regular />}
        aria-expanded={open}
        title={t('command.intro')}
        onClick={() => {
          remember('command', open ? 'closed' : 'open');
          setOpen(!open);
        }}
      >
        {open ? t('command.hide') : t('command.show')}
      </Button>
      {open && (
        <CopyText
          text={[{ cmdlet, parameters }, ...then].map(lineOf).join('\n')}
          label={t('command.title')}
          copyLabel={t('command.copy')}
        />
      )}
    </div>
  );
}

function lineOf({ cmdlet, parameters }: Command): string {
  return commandText(cmdlet, parameters as Record<string, unknown>);
}
