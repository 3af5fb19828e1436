// One recipient, chosen by typing: who it is now, Browse, and what is said about it.
import { Button, Field, Input, makeStyles } from '@fluentui/react-components';
import { useId, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useMessage } from '../../parts/form';
import { identityOf, type Recipient } from './recipient';
import { SelectRecipients } from './SelectRecipients';

const useStyles = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', gap: '6px 8px' },
  value: { flexGrow: 1, flexBasis: '200px', minWidth: 0 },
});

interface Props {
  label: string;
  parameter: string;
  /** Of the dialog in which one is chosen. */
  title: string;
  except?: (recipient: Recipient) => boolean;
  /** A name or an address. */
  value: string;
  onChange: (value: string) => void;
}

export function RecipientField(props: Props): ReactElement {
  const { label, parameter, title, except, value, onChange } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const id = useId();
  const message = useMessage(parameter);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Field
        label={{ id: `${id}-label`, children: label }}
        required
        {...(message === undefined
          ? {}
          : { validationMessage: message, validationState: 'error' as const })}
      >
        {(control) => (
          <div className={styles.row}>
            <Input {...control} className={styles.value} readOnly value={value} />
            <Button
              id={`${id}-browse`}
              aria-labelledby={`${id}-browse ${id}-label`}
              onClick={() => setOpen(true)}
            >
              {t('recipients.browse')}
            </Button>
          </div>
        )}
      </Field>
      {open && (
        <SelectRecipients
          title={title}
          single
          except={except}
          onSelect={([chosen]) => {
            setOpen(false);
            if (chosen) onChange(identityOf(chosen));
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
