// The edit dialog of a mail contact. Only what was changed is sent, on condition that the contact still is what
// was shown.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { useEditing } from '../../../parts/editing';
import { EditDialog } from '../EditDialog';
import { useSettingTexts } from '../setting-texts';
import { useMessages } from '../use-messages';
import { broken, changes, settingsOf, type Contact } from './contact';
import { ContactFields } from './ContactFields';

interface Props {
  object: Contact;
  onClose: () => void;
}

export function EditContact({ object, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const act = useAction();
  const texts = useSettingTexts();
  const messages = useMessages();
  const [tried, setTried] = useState(false);
  const editing = useEditing({
    object,
    name: ({ Name }) => Name,
    settingsOf,
    changes,
    send: (from, given, { Name }) =>
      act(
        'Set-MailContact',
        { Identity: from.Name, ...given },
        { ifMatch: from.ObjectVersion, done: t('contacts.saved', { name: Name.trim() }) },
      ),
    read: async () => (await run('Get-MailContact', { Identity: object.Guid })).objects[0],
    onClose,
    ...texts,
  });
  const { base, before, mine, given, dirty, busy, refused, change, close } = editing;
  const wrong = broken(mine);
  const sound = Object.keys(wrong).length === 0;
  const command = { Identity: base.Name, ...given };
  const { problem } = useWhatIf('Set-MailContact', dirty && sound ? command : null);
  const trySave = () => {
    setTried(true);
    if (sound) editing.save();
  };
  return (
    <EditDialog
      title={base.Name}
      isFromLdap={base.IsDirSynced}
      tabs={[{ id: 'general', title: t('recipients.tabs.general') }]}
      tab="general"
      onTab={() => undefined}
      problem={refused ?? problem}
      messages={tried ? messages(wrong) : {}}
      commands={[{ cmdlet: 'Set-MailContact', parameters: command }]}
      busy={busy}
      onSave={trySave}
      onClose={close}
      conflict={editing.conflict}
    >
      <ContactFields
        settings={mine}
        change={change}
        probe={(EmailAddresses) => ({
          cmdlet: 'Set-MailContact',
          parameters: { Identity: base.Name, ...changes(before, { ...before, EmailAddresses }) },
        })}
      />
    </EditDialog>
  );
}
