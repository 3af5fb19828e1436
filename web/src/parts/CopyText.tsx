// A machine's text (a command, a record) with a button that copies it; says aloud when it has been copied.
import { Button, makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { Copy16Regular } from '@fluentui/react-icons/svg/copy';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  text: string;
  /** What the text is. */
  label: string;
  /** What the button does: there may be many beside each other. */
  copyLabel: string;
  /** Lines break anywhere: the text has parts of hundreds of characters. */
  dense?: boolean;
}

const useStyles = makeStyles({
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
    minWidth: 0,
    maxHeight: '96px',
    overflowY: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
  },
  dense: { wordBreak: 'break-all' },
  button: { flexShrink: 0 },
});

export function CopyText({ text, label, copyLabel, dense }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <>
      <div className={styles.line}>
        <code
          className={mergeClasses(styles.code, dense && styles.dense)}
          tabIndex={0}
          aria-label={label}
          translate="no"
        >
          {text}
        </code>
        <Button
          className={styles.button}
          size="small"
          appearance="subtle"
          icon={<Copy16Regular />}
          aria-label={copyLabel}
          onClick={() => void copy()}
        >
          {copied ? t('common.copied') : t('common.copy')}
        </Button>
      </div>
      <span className="visually-hidden" role="status">
        {copied ? t('common.copied') : ''}
      </span>
    </>
  );
}
