// New mailbox: a name, the address where it is not the name's, and a password where its owner may sign in.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '../../../parts/fields';
import { NewDialog } from '../NewDialog';
import { useMessages } from '../use-messages';
import { BLANK, creation } from './mailbox';
import { brokenNew } from './rules';

interface Props {
  onCreated: (guid: string) => void;
  onClose: () => void;
}

// To be hashed takes long by design: it is not asked about at every key.
const UNASKED = ['Password'];

export function NewMailbox({ onCreated, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const messages = useMessages();
  return (
    <NewDialog
      title={t('mailboxes.newTitle')}
      cmdlet="New-Mailbox"
      blank={BLANK}
      creation={creation}
      unasked={UNASKED}
      broken={(wanted) => messages(brokenNew(wanted))}
      done={({ Name }) => t('mailboxes.created', { name: Name.trim() })}
      onCreated={onCreated}
      onClose={onClose}
    >
      {(wanted, change) => (
        <>
          <TextField
            label={t('common.name')}
            parameter="Name"
            hint={t('mailboxes.nameHint')}
            required
            first
            value={wanted.Name}
            onChange={(Name) => change({ Name })}
          />
          <TextField
            label={t('recipients.columns.address')}
            parameter="PrimarySmtpAddress"
            hint={t('recipients.primaryHint')}
            code
            value={wanted.PrimarySmtpAddress}
            onChange={(PrimarySmtpAddress) => change({ PrimarySmtpAddress })}
          />
          <TextField
            label={t('mailboxes.password')}
            parameter="Password"
            hint={t('mailboxes.passwordHint')}
            secret
            value={wanted.Password}
            onChange={(Password) => change({ Password })}
          />
          <TextField
            label={t('mailboxes.passwordAgain')}
            parameter="PasswordAgain"
            secret
            value={wanted.PasswordAgain}
            onChange={(PasswordAgain) => change({ PasswordAgain })}
          />
        </>
      )}
    </NewDialog>
  );
}
