// The message that is sent.
import { Button, Spinner, makeStyles, tokens } from '@fluentui/react-components';
import { Send20Regular } from '@fluentui/react-icons/svg/send';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { usePermissions } from '../../../api/permissions';
import { asProblem, type Problem } from '../../../api/problem';
import { useWhoAmI } from '../../../api/session';
import { TextField } from '../../../parts/fields';
import { Form, FormProblem } from '../../../parts/form';
import { ShowCommand } from '../../../parts/ShowCommand';
import type { TestMessage } from './outputs';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', rowGap: '12px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500 },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  buttons: { display: 'flex', alignItems: 'center', columnGap: '12px' },
});

interface Props {
  /** Whom the address of the page names. */
  proposed: string | undefined;
  onSent: (message: TestMessage) => void;
}

export function SendForm({ proposed, onSent }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { may, why } = usePermissions();
  const { sandbox, address, user } = useWhoAmI();
  const [to, setTo] = useState(proposed ?? (sandbox ? 'someone@example.net' : ''));
  // Undefined until they are touched: then they follow the language.
  const [subject, setSubject] = useState<string>();
  const [body, setBody] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState(false);
  const parameters = {
    To: to.trim(),
    Subject: subject ?? t('testMessage.defaultSubject'),
    Body: body ?? t('testMessage.defaultBody', { user }),
  };
  const send = async () => {
    if (busy || !may('Send-TestMessage')) return;
    setMissing(parameters.To === '');
    setProblem(null);
    if (parameters.To === '') return;
    setBusy(true);
    try {
      const { objects } = await run('Send-TestMessage', parameters);
      if (objects[0]) onSent(objects[0]);
    } catch (error) {
      setProblem(asProblem(error));
    }
    setBusy(false);
  };
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h2 className={styles.title}>{t('testMessage.send')}</h2>
      {address && <p className={styles.text}>{t('testMessage.from', { address })}</p>}
      <Form problem={problem} messages={missing ? { To: t('common.required') } : {}}>
        <FormProblem />
        <TextField
          label={t('testMessage.to')}
          parameter="To"
          required
          code
          value={to}
          onChange={setTo}
          hint={sandbox ? t('testMessage.toSandbox') : t('testMessage.toHint')}
        />
        <TextField
          label={t('testMessage.subject')}
          parameter="Subject"
          value={parameters.Subject}
          onChange={setSubject}
        />
        <TextField
          label={t('testMessage.body')}
          parameter="Body"
          lines={4}
          value={parameters.Body}
          onChange={setBody}
        />
      </Form>
      <div className={styles.buttons}>
        <Button
          type="submit"
          appearance="primary"
          icon={<Send20Regular />}
          disabledFocusable={busy || !may('Send-TestMessage')}
          title={why('Send-TestMessage')}
        >
          {t('testMessage.submit')}
        </Button>
        {busy && <Spinner size="tiny" label={t('common.saving')} />}
      </div>
      <ShowCommand cmdlet="Send-TestMessage" parameters={parameters} />
    </form>
  );
}
