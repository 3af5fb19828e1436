// Who is written to, and what the message itself wants of TLS.
import { Button, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../../api/problem';
import { SelectField, TextField } from '../../../parts/fields';
import { Form } from '../../../parts/form';
import { WISHES, type Wish } from './rows';

const useStyles = makeStyles({
  form: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'flex-start',
    gap: '8px 16px',
    padding: '12px 0 8px',
  },
  recipient: { flexGrow: 1, maxWidth: '400px', minWidth: '200px' },
  wish: { width: '250px' },
  /** Beside the fields, below their labels. */
  button: { marginTop: '26px' },
});

interface Props {
  /** What is asked at present. */
  to: string;
  wish: Wish;
  problem: Problem | null;
  onAsk: (to: string, wish: Wish) => void;
}

export function Question({ to, wish, problem, onAsk }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const [asked, setAsked] = useState(to);
  const [text, setText] = useState(to);
  // Another question has come by the address: Back, or a link.
  if (asked !== to) {
    setAsked(to);
    setText(to);
  }
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(text.trim(), wish);
      }}
    >
      <Form problem={problem}>
        <div className={styles.recipient}>
          <TextField
            label={t('transportSecurity.recipient')}
            parameter="Recipient"
            placeholder="anna@partner.example"
            code
            value={text}
            onChange={setText}
          />
        </div>
        <div className={styles.wish}>
          <SelectField
            label={t('transportSecurity.wish')}
            value={wish}
            onChange={(next) => onAsk(text.trim(), next)}
            choices={WISHES.map((value) => ({
              value,
              label: t(`transportSecurity.wishes.${value}`),
            }))}
          />
        </div>
      </Form>
      <Button className={styles.button} type="submit" appearance="primary">
        {t('transportSecurity.show')}
      </Button>
    </form>
  );
}
