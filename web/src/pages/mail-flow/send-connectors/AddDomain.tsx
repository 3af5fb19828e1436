// Add domain: type (SMTP), fully qualified domain name, cost (1), for one address space.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField, NumberField } from '../../../parts/fields';
import { Form } from '../../../parts/form';
import { isCost, spaceOf, spaceText } from './address-space';
import { EntryDialog } from '../../../parts/EntryDialog';
import { useJudged } from '../../../parts/judged';
import type { Probe } from '../../../parts/probe';

interface Props {
  /** The address space to edit; absent for a new one. */
  present?: string;
  /** The command with this address space among the others. */
  probe: (space: string) => Probe;
  onSave: (space: string) => void;
  onClose: () => void;
}

export function AddDomain({ present, probe, onSave, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const [space, setSpace] = useState(() => spaceOf(present ?? 'SMTP:;1'));
  const [tried, setTried] = useState(false);
  const complete = space.type.trim() !== '' && space.domain.trim() !== '' && isCost(space.cost);
  const text = spaceText(space);
  const judged = useJudged(complete ? probe(text) : null, ['AddressSpaces']);
  const save = async () => {
    setTried(true);
    if (complete && (await judged.pass())) onSave(text);
  };
  const needed = (value: string) =>
    tried && value.trim() === '' ? t('common.required') : undefined;
  const ofCost = judged.problem?.id === 'SC-05' ? judged.problem.message : undefined;
  const messages = {
    Type: needed(space.type),
    AddressSpaces:
      needed(space.domain) ?? (ofCost === undefined ? judged.problem?.message : undefined),
    Cost: isCost(space.cost) ? ofCost : t('sendConnectors.costRange'),
  };
  return (
    <EntryDialog
      title={present === undefined ? t('sendConnectors.addDomain') : t('sendConnectors.editDomain')}
      busy={judged.busy}
      onSave={save}
      onClose={onClose}
    >
      <Form messages={messages}>
        <TextField
          label={t('sendConnectors.spaceType')}
          parameter="Type"
          required
          code
          value={space.type}
          onChange={(type) => setSpace({ ...space, type })}
        />
        <TextField
          label={t('sendConnectors.spaceDomain')}
          parameter="AddressSpaces"
          hint={t('sendConnectors.spaceDomainHint')}
          required
          code
          first
          value={space.domain}
          onChange={(domain) => setSpace({ ...space, domain })}
        />
        <NumberField
          label={t('sendConnectors.spaceCost')}
          parameter="Cost"
          hint={t('sendConnectors.costHint')}
          required
          value={space.cost}
          onChange={(cost) => setSpace({ ...space, cost })}
        />
      </Form>
    </EntryDialog>
  );
}
