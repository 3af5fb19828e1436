// User name and password: on the sign-in page, and in the dialog that comes when a session has ended
// (there the user is fixed). The server's refusal is announced and the password field focused again.
import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
} from '@fluentui/react-components';
import { Eye20Regular } from '@fluentui/react-icons/svg/eye';
import { EyeOff20Regular } from '@fluentui/react-icons/svg/eye-off';
import { useRef, useState, type FormEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../api/problem';
import { signIn } from '../api/session';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', rowGap: '16px' },
  submit: { alignSelf: 'flex-start' },
});

export function SignInForm({ user: fixed }: { user?: string }): ReactElement {
  const { t } = useTranslation();
  const styles = useStyles();
  const [user, setUser] = useState(fixed ?? '');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(user === '' || password === '');
    if (user === '' || password === '' || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await signIn(user, password);
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
      field.current?.select();
      field.current?.focus();
    }
  };

  const text = (refused: Problem) => {
    if (refused.status === 401) return t('signIn.wrong');
    if (refused.status === 429) return t('signIn.tooMany', { seconds: refused.retryAfter ?? 60 });
    return refused.status === 0 ? t('problem.network') : refused.message;
  };
  const needed = (value: string) =>
    missing && value === '' ? { validationMessage: t('common.required') } : {};

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <div role="alert">
        {problem && (
          <MessageBar intent="error" layout="multiline">
            <MessageBarBody>{text(problem)}</MessageBarBody>
          </MessageBar>
        )}
      </div>
      <Field label={t('signIn.user')} required {...needed(user)}>
        <Input
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          size="large"
          value={user}
          readOnly={fixed !== undefined}
          autoFocus={fixed === undefined}
          onChange={(_, data) => setUser(data.value)}
        />
      </Field>
      <Field label={t('signIn.password')} required {...needed(password)}>
        <Input
          ref={field}
          name="password"
          type={shown ? 'text' : 'password'}
          autoComplete="current-password"
          size="large"
          value={password}
          data-first={fixed === undefined ? undefined : ''}
          onChange={(_, data) => setPassword(data.value)}
          contentAfter={
            <Button
              appearance="transparent"
              size="small"
              icon={shown ? <EyeOff20Regular /> : <Eye20Regular />}
              aria-label={shown ? t('signIn.hide') : t('signIn.show')}
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            />
          }
        />
      </Field>
      <Button
        className={styles.submit}
        type="submit"
        appearance="primary"
        size="large"
        disabledFocusable={busy}
      >
        {busy ? t('signIn.working') : t('signIn.submit')}
      </Button>
    </form>
  );
}
