// New mail contact.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { NewDialog } from '../NewDialog';
import { useMessages } from '../use-messages';
import { BLANK, broken, creation, type Settings } from './contact';
import { ContactFields } from './ContactFields';

interface Props {
  onCreated: (guid: string) => void;
  onClose: () => void;
}

export function NewContact({ onCreated, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const messages = useMessages();
  const probe = (wanted: Settings) =>
    ({ cmdlet: 'New-MailContact', parameters: creation(wanted) }) as const;
  return (
    <NewDialog
      title={t('contacts.newTitle')}
      cmdlet="New-MailContact"
      blank={BLANK}
      creation={creation}
      broken={(wanted) => messages(broken(wanted))}
      done={({ Name }) => t('contacts.created', { name: Name.trim() })}
      onCreated={onCreated}
      onClose={onClose}
    >
      {(wanted, change) => (
        <ContactFields
          settings={wanted}
          change={change}
          probe={(EmailAddresses) => probe({ ...wanted, EmailAddresses })}
        />
      )}
    </NewDialog>
  );
}
