// Add smart host: one name or address.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '../../../parts/fields';
import { Form } from '../../../parts/form';
import { EntryDialog } from '../../../parts/EntryDialog';
import { useJudged } from '../../../parts/judged';
import type { Probe } from '../../../parts/probe';

interface Props {
  present?: string;
  /** The other hosts of the list. */
  others: readonly string[];
  probe: (host: string) => Probe;
  onSave: (host: string) => void;
  onClose: () => void;
}

export function AddSmartHost({ present, others, probe, onSave, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const [host, setHost] = useState(present ?? '');
  const [tried, setTried] = useState(false);
  const twice = others.some((other) => other.toLowerCase() === host.trim().toLowerCase());
  const complete = host.trim() !== '' && !twice;
  const judged = useJudged(complete ? probe(host.trim()) : null, ['SmartHosts']);
  const save = async () => {
    setTried(true);
    if (complete && (await judged.pass())) onSave(host.trim());
  };
  const own = twice
    ? t('sendConnectors.smartHostTwice')
    : tried && host.trim() === ''
      ? t('common.required')
      : undefined;
  return (
    <EntryDialog
      title={
        present === undefined ? t('sendConnectors.addSmartHost') : t('sendConnectors.editSmartHost')
      }
      busy={judged.busy}
      onSave={save}
      onClose={onClose}
    >
      <Form problem={judged.problem} messages={{ SmartHosts: own }}>
        <TextField
          label={t('sendConnectors.smartHostField')}
          parameter="SmartHosts"
          hint={t('sendConnectors.smartHostExample')}
          required
          code
          first
          value={host}
          onChange={setHost}
        />
      </Form>
    </EntryDialog>
  );
}
