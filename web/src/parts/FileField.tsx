// A file that is chosen in the browser: a button in the page's language, the file's name beside it. The
// browser's own control, which speaks the browser's language, is hidden behind the button.
import { Button, Field, makeStyles, tokens } from '@fluentui/react-components';
import { DocumentArrowUp20Regular } from '@fluentui/react-icons/svg/document-arrow-up';
import { useId, useRef, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useMessage } from './form';

interface Props {
  label: string;
  parameter?: string;
  hint?: string;
  required?: boolean;
  /** Endings that are offered, as the attribute of the same name has them. */
  accept: string;
  /** Of the file that has been chosen. */
  name: string | undefined;
  onChoose: (file: File) => void;
}

const useStyles = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 10px' },
  name: { overflowWrap: 'anywhere', minWidth: 0 },
  nothing: { color: tokens.colorNeutralForeground2 },
});

export function FileField(props: Props): ReactElement {
  const { label, parameter, hint, required, accept, name, onChoose } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const message = useMessage(parameter);
  return (
    <Field
      label={{ id: `${id}-label`, children: label }}
      required={required ?? false}
      {...(hint === undefined ? {} : { hint })}
      {...(message === undefined
        ? {}
        : { validationMessage: message, validationState: 'error' as const })}
    >
      {(control) => (
        <div className={styles.row}>
          <Button
            id={`${id}-button`}
            icon={<DocumentArrowUp20Regular />}
            data-first=""
            aria-labelledby={`${id}-label ${id}-button ${id}-name`}
            aria-describedby={control['aria-describedby']}
            onClick={() => input.current?.click()}
          >
            {t('common.chooseFile')}
          </Button>
          <span
            id={`${id}-name`}
            className={name === undefined ? styles.nothing : styles.name}
            translate={name === undefined ? undefined : 'no'}
          >
            {name ?? t('common.noFile')}
          </span>
          <input
            ref={input}
            type="file"
            hidden
            accept={accept}
            onChange={({ target }) => {
              const file = target.files?.[0];
              // The same file may be chosen again after it was changed.
              if (file) onChoose(file);
              target.value = '';
            }}
          />
        </div>
      )}
    </Field>
  );
}
