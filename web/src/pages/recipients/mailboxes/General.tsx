// Name, languages and password of a mailbox.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { RadioField, TextField } from '../../../parts/fields';
import type { PasswordChange, Settings } from './mailbox';

export interface FieldsProps {
  settings: Settings;
  change: (part: Partial<Settings>) => void;
}

interface Props extends FieldsProps {
  hasPassword: boolean;
  /** Its password is in an LDAP directory, and changed there. */
  signsInThere: boolean;
}

export function General({ settings, change, hasPassword, signsInThere }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('common.name')}
        parameter="Name"
        hint={t('mailboxes.nameHint')}
        required
        value={settings.Name}
        onChange={(Name) => change({ Name })}
      />
      <TextField
        label={t('mailboxes.languages')}
        parameter="Languages"
        hint={t('mailboxes.languagesHint')}
        code
        value={settings.Languages}
        onChange={(Languages) => change({ Languages })}
      />
      {!signsInThere && (
        <PasswordField settings={settings} change={change} hasPassword={hasPassword} />
      )}
    </>
  );
}

type PasswordFieldProps = Omit<Props, 'signsInThere'>;

function PasswordField({ settings, change, hasPassword }: PasswordFieldProps): ReactElement {
  const { t } = useTranslation();
  return (
    <RadioField<PasswordChange>
      label={t('mailboxes.password')}
      value={settings.PasswordChange}
      onChange={(PasswordChange) => change({ PasswordChange })}
      choices={[
        {
          value: 'keep',
          label: t(hasPassword ? 'mailboxes.passwordChanges.keep' : 'mailboxes.noPassword'),
        },
        {
          value: 'new',
          label: t('mailboxes.passwordChanges.new'),
          more: <NewPassword settings={settings} change={change} />,
        },
        ...(hasPassword
          ? [{ value: 'none' as const, label: t('mailboxes.passwordChanges.none') }]
          : []),
      ]}
    />
  );
}

function NewPassword({ settings, change }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('mailboxes.newPassword')}
        parameter="Password"
        required
        secret
        value={settings.Password}
        onChange={(Password) => change({ Password })}
      />
      <TextField
        label={t('mailboxes.passwordAgain')}
        parameter="PasswordAgain"
        required
        secret
        value={settings.PasswordAgain}
        onChange={(PasswordAgain) => change({ PasswordAgain })}
      />
    </>
  );
}
