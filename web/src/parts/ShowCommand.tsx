// The PowerShell command that the page is about to run, to copy. Folded or not is remembered.
import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { ChevronDown16Regular } from '@fluentui/react-icons/svg/chevron-down';
import { ChevronRight16Regular } from '@fluentui/react-icons/svg/chevron-right';
import { Copy16Regular } from '@fluentui/react-icons/svg/copy';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { remember, remembered } from '../frame/preferences';
import { commandText } from './command';

interface Props {
  cmdlet: string;
  parameters: object;
}

const useStyles = makeStyles({
  box: { marginTop: '16px' },
  toggle: { paddingLeft: 0, minWidth: 'auto' },
  line: {
    display: 'flex',
    alignItems: 'flex-start',
    columnGap: '8px',
    padding: '8px 8px 8px 12px',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  code: {
    flexGrow: 1,
    margin: '3px 0',
    maxHeight: '96px',
    overflowY: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
  },
});

export function ShowCommand({ cmdlet, parameters }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [open, setOpen] = useState(remembered('command') === 'open');
  const [copied, setCopied] = useState(false);
  const text = commandText(cmdlet, parameters as Record<string, unknown>);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
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
        <div className={styles.line}>
          <code className={styles.code} tabIndex={0} aria-label={t('command.title')} translate="no">
            {text}
          </code>
          <Button
            size="small"
            appearance="subtle"
            icon={<Copy16Regular />}
            aria-label={t('command.copy')}
            onClick={() => void copy()}
          >
            {copied ? t('common.copied') : t('common.copy')}
          </Button>
        </div>
      )}
      <span className="visually-hidden" role="status">
        {copied ? t('common.copied') : ''}
      </span>
    </div>
  );
}
