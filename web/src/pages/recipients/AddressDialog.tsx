// One email address, judged by the server while it is typed, and whether it is the reply address.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { EntryDialog } from '../../parts/EntryDialog';
import { CheckField, TextField } from '../../parts/fields';
import { Form } from '../../parts/form';
import { useJudged } from '../../parts/judged';
import type { Probe } from '../../parts/probe';
import { isSame } from './addresses';

// What is said about the one or the other is said at the only field there is.
const PARAMETERS = ['EmailAddresses', 'PrimarySmtpAddress'];

interface Props {
  /** The address to edit; absent for a new one. */
  present: string | undefined;
  /** Whether it is the reply address; absent where there is none. */
  reply?: boolean;
  others: readonly string[];
  probe: (address: string, reply: boolean) => Probe;
  onSave: (address: string, reply: boolean) => void;
  onClose: () => void;
}

export function AddressDialog(props: Props): ReactElement {
  const { present, reply, others, probe, onSave, onClose } = props;
  const { t } = useTranslation();
  const [text, setText] = useState(present ?? '');
  const [isReply, setReply] = useState(reply ?? false);
  const [tried, setTried] = useState(false);
  const address = text.trim();
  const twice = others.some((other) => isSame(other, address));
  const complete = address !== '' && !twice;
  const judged = useJudged(complete ? probe(address, isReply) : null, PARAMETERS);
  const save = async () => {
    setTried(true);
    if (complete && (await judged.pass())) onSave(address, isReply);
  };
  const own = twice
    ? t('recipients.addressTwice')
    : tried && address === ''
      ? t('common.required')
      : undefined;
  return (
    <EntryDialog
      title={t(present === undefined ? 'recipients.newAddress' : 'recipients.editAddress')}
      busy={judged.busy}
      onSave={save}
      onClose={onClose}
    >
      <Form problem={judged.problem} messages={{ EmailAddresses: own }}>
        <TextField
          label={t('recipients.columns.address')}
          parameter={PARAMETERS}
          hint={t('recipients.addressHint')}
          required
          code
          first
          value={text}
          onChange={setText}
        />
        {reply !== undefined && (
          <CheckField
            label={t('recipients.makeReply')}
            hint={reply ? t('recipients.isReply') : undefined}
            disabled={reply}
            checked={isReply}
            onChange={setReply}
          />
        )}
      </Form>
    </EntryDialog>
  );
}
