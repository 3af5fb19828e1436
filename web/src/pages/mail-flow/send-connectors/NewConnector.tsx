// New send connector: the documented wizard, for the four types. Also the copy of a connector: the same
// pages, filled in; settings that have no page (TLS, sizes, comment) are copied along.
import { Text } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { RadioField, TextField } from '../../../parts/fields';
import { Form, FormProblem } from '../../../parts/form';
import { ShowCommand } from '../../../parts/ShowCommand';
import { WizardDialog } from '../../../parts/WizardDialog';
import { same } from '../../../parts/diff';
import { BLANK, USAGES, creation, type Settings, type Usage } from './connector';
import { AuthenticationFields } from './AuthenticationFields';
import { AddressSpaceFields, DeliveryFields, SourceServerFields } from './fields';
import { refusal } from '../../../parts/probe';
import { broken } from './rules';
import { PARAMETERS, only, soFar, steps, withUsage, withoutUnseen, type Step } from './steps';

interface Props {
  /** The settings to begin with, for a copy. */
  start?: Settings;
  /** The type to begin with. */
  type?: Usage | undefined;
  onCreated: (guid: string) => void;
  onClose: () => void;
}

export function NewConnector({ start, type, onCreated, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const act = useAction();
  const [usage, setUsage] = useState<Usage>(type ?? 'Custom');
  const [chosen, setChosen] = useState<Settings>(start ?? BLANK);
  const [step, setStep] = useState<Step>('identity');
  const [tried, setTried] = useState<readonly Step[]>([]);
  const settings = withoutUnseen(withUsage(chosen, usage), start ?? BLANK);
  const change = (part: Partial<Settings>) => setChosen((before) => ({ ...before, ...part }));

  const order = steps(settings);
  const wrong = broken(settings);
  const asked = wrong.Name === undefined ? soFar(usage, trimmed(settings), step) : null;
  const later = order.slice(order.indexOf(step) + 1).flatMap((one) => PARAMETERS[one]);
  const { problem } = useWhatIf('New-SendConnector', asked, ({ parameter }) =>
    later.includes(parameter ?? ''),
  );

  const messages = Object.fromEntries(
    Object.entries(wrong)
      .filter(([name]) => tried.some((one) => PARAMETERS[one].includes(name)) || name === 'Name')
      .filter(([, text]) => text !== 'common.required' || tried.includes(step))
      .map(([name, text]) => [name, t(text)]),
  );
  const check = (one: Step) => async () => {
    setTried((before) => [...before, one]);
    if (asked === null || PARAMETERS[one].some((name) => name in wrong)) return false;
    return (
      (await refusal({ cmdlet: 'New-SendConnector', parameters: asked }, PARAMETERS[one])) === null
    );
  };
  const finish = async () => {
    const name = settings.Name.trim();
    const { objects } = await act(
      'New-SendConnector',
      creation(usage, { ...settings, Name: name }),
      {
        done: t('sendConnectors.created', { name }),
      },
    );
    onCreated(objects[0]?.Guid ?? '');
  };
  const shared = {
    settings,
    change,
    probe: (part: Partial<Settings>) => {
      const wanted = { ...settings, Name: settings.Name.trim() || 'x', ...part };
      return { cmdlet: 'New-SendConnector', parameters: soFar(usage, wanted, step) } as const;
    },
  };
  const contents: Record<Step, ReactElement> = {
    identity: <Identity settings={settings} change={change} usage={usage} onUsage={setUsage} />,
    network: <DeliveryFields {...shared} only={only(usage)} />,
    authentication: <AuthenticationFields {...shared} />,
    addressSpace: <AddressSpaceFields {...shared} />,
    sourceServer: <SourceServerFields {...shared} />,
  };
  return (
    <Form problem={problem} messages={messages}>
      <WizardDialog
        title={start ? t('sendConnectors.copyTitle') : t('sendConnectors.newTitle')}
        pages={order.map((one) => ({
          id: one,
          title: t(`sendConnectors.pages.${one}`),
          check: check(one),
          content: (
            <>
              {contents[one]}
              <FormProblem />
            </>
          ),
        }))}
        page={step}
        onPage={(id) => setStep(id as Step)}
        onFinish={finish}
        onClose={onClose}
        dirty={!same(chosen, start ?? BLANK)}
        command={
          <ShowCommand
            cmdlet="New-SendConnector"
            parameters={filledIn(creation(usage, settings))}
          />
        }
      />
    </Form>
  );
}

/** Without what is still empty, for showing. */
function filledIn(parameters: object): object {
  const there = Object.entries(parameters).filter(([, value]) => value !== '' && !same(value, []));
  return Object.fromEntries(there);
}

function trimmed(settings: Settings): Settings {
  return { ...settings, Name: settings.Name.trim() };
}

interface IdentityProps {
  settings: Settings;
  change: (part: Partial<Settings>) => void;
  usage: Usage;
  onUsage: (usage: Usage) => void;
}

function Identity({ settings, change, usage, onUsage }: IdentityProps): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('sendConnectors.name')}
        parameter="Name"
        required
        first
        value={settings.Name}
        onChange={(Name) => change({ Name })}
      />
      <RadioField
        label={t('sendConnectors.type')}
        parameter="Usage"
        required
        value={usage}
        onChange={onUsage}
        choices={USAGES.map((value) => ({
          value,
          label: t(`sendConnectors.types.${value}`),
          more: <Text size={200}>{t(`sendConnectors.typeHints.${value}`)}</Text>,
        }))}
      />
    </>
  );
}
