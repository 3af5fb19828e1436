// Who alone may send to a group: by name as the server shows them, by address where they were just chosen.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ListField } from '../../../parts/ListField';
import { identityOf } from '../recipient';
import { SelectRecipients } from '../SelectRecipients';

interface Props {
  senders: readonly string[];
  onChange: (senders: string[]) => void;
}

export function SendersField({ senders, onChange }: Props): ReactElement {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <ListField
        label={t('groups.senders')}
        parameter="AcceptMessagesOnlyFromSendersOrMembers"
        hint={t('groups.sendersHint')}
        columns={[{ title: t('groups.sender'), cell: (sender) => sender }]}
        items={senders}
        keyOf={(sender) => sender}
        onAdd={() => setAdding(true)}
        onRemove={(index) => onChange(senders.toSpliced(index, 1))}
        emptyText={t('groups.allSenders')}
      />
      {adding && (
        <SelectRecipients
          title={t('groups.selectSenders')}
          except={({ Name, PrimarySmtpAddress }) =>
            senders.includes(Name) || senders.includes(PrimarySmtpAddress)
          }
          onSelect={(recipients) => {
            setAdding(false);
            onChange([...senders, ...recipients.map(identityOf)]);
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}
