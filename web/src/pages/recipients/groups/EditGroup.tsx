// The edit dialog of a distribution group: General, Membership, Email addresses, Delivery management.
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { useWhatIf } from '../../../api/what-if';
import { useEditing } from '../../../parts/editing';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { SizeField, TextField } from '../../../parts/fields';
import { AddressesField } from '../AddressesField';
import { EditDialog } from '../EditDialog';
import { MembersField } from '../MembersField';
import { useSettingTexts } from '../setting-texts';
import { useMessages } from '../use-messages';
import {
  changes,
  commands,
  membersAfter,
  settingsGiven,
  settingsOf,
  withAdded,
  withRemoved,
  type Group,
  type Settings,
} from './group';
import { broken } from './rules';
import { SendersField } from './SendersField';
import { StrangersField } from './StrangersField';
import { useMembers } from './use-members';
import { useSave } from './use-save';

const TABS = ['general', 'membership', 'addresses', 'delivery'] as const;
type TabId = (typeof TABS)[number];

const PLACES: Readonly<Record<TabId, readonly string[]>> = {
  general: ['Name', 'DisplayName', 'Notes'],
  membership: ['Member', 'Members'],
  addresses: ['PrimarySmtpAddress', 'EmailAddresses'],
  delivery: [
    'RequireSenderAuthenticationEnabled',
    'AcceptMessagesOnlyFromSendersOrMembers',
    'MaxReceiveSize',
  ],
};

/** The tab where a parameter's field is. */
function tabOf(parameter: string | undefined): TabId | undefined {
  return TABS.find((tab) => parameter !== undefined && PLACES[tab].includes(parameter));
}

interface Props {
  object: Group;
  onClose: () => void;
}

export function EditGroup({ object, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const texts = useSettingTexts();
  const messages = useMessages();
  const { send, progress } = useSave();
  const [tab, setTab] = useState<TabId>('general');
  const editing = useEditing({
    object,
    name: ({ Name }) => Name,
    settingsOf,
    changes,
    send,
    read: async () => (await run('Get-DistributionGroup', { Identity: object.Guid })).objects[0],
    onRefused: ({ parameter }) => setTab((present) => tabOf(parameter) ?? present),
    onClose,
    ...texts,
  });
  const { base, before, mine, given, busy, refused, change, close } = editing;
  const wrong = broken(mine);
  const sound = Object.keys(wrong).length === 0;
  const settings = settingsGiven(given);
  const { problem } = useWhatIf(
    'Set-DistributionGroup',
    Object.keys(settings).length > 0 && sound ? { Identity: base.Name, ...settings } : null,
  );
  const trySave = () => {
    const [first] = Object.keys(wrong);
    if (first === undefined) editing.save();
    else setTab(tabOf(first) ?? tab);
  };
  const probe = (part: Partial<Settings>) =>
    ({
      cmdlet: 'Set-DistributionGroup',
      parameters: {
        Identity: base.Name,
        ...settingsGiven(changes(before, { ...before, ...part })),
      },
    }) as const;
  return (
    <EditDialog
      title={base.Name}
      isFromLdap={base.IsDirSynced}
      tabs={TABS.map((id) => ({ id, title: t(`recipients.tabs.${id}`) }))}
      tab={tab}
      onTab={setTab}
      problem={refused ?? problem}
      messages={messages(wrong)}
      commands={commands(base, mine)}
      busy={busy}
      progress={progress ? t('groups.progress', progress) : undefined}
      onSave={trySave}
      onClose={close}
      conflict={editing.conflict}
    >
      {tab === 'general' && <General settings={mine} change={change} />}
      {tab === 'membership' && <Members group={base} settings={mine} change={change} />}
      {tab === 'addresses' && <AddressesField addresses={mine} onChange={change} probe={probe} />}
      {tab === 'delivery' && <Delivery settings={mine} change={change} />}
    </EditDialog>
  );
}

interface FieldsProps {
  settings: Settings;
  change: (part: Partial<Settings>) => void;
}

function General({ settings, change }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('common.name')}
        parameter="Name"
        required
        value={settings.Name}
        onChange={(Name) => change({ Name })}
      />
      <TextField
        label={t('recipients.displayName')}
        parameter="DisplayName"
        placeholder={settings.Name}
        value={settings.DisplayName}
        onChange={(DisplayName) => change({ DisplayName })}
      />
      <TextField
        label={t('groups.notes')}
        parameter="Notes"
        lines={4}
        value={settings.Notes}
        onChange={(Notes) => change({ Notes })}
      />
    </>
  );
}

function Members({ group, settings, change }: FieldsProps & { group: Group }): ReactElement {
  const { t } = useTranslation();
  const { data, error, refetch } = useMembers(group);
  if (error) return <ErrorPanel problem={error} onRetry={() => void refetch()} />;
  return (
    <MembersField
      label={t('groups.membersLabel')}
      hint={t('groups.membersHint')}
      height={290}
      members={data && membersAfter(data.objects, settings)}
      onAdd={(more) => change(withAdded(settings, more))}
      onRemove={(gone) => change(withRemoved(settings, gone))}
      except={({ Guid }) => Guid === group.Guid}
    />
  );
}

function Delivery({ settings, change }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <StrangersField
        value={settings.RequireSenderAuthenticationEnabled}
        onChange={(on) => change({ RequireSenderAuthenticationEnabled: on })}
      />
      <SendersField
        senders={settings.AcceptMessagesOnlyFromSendersOrMembers}
        onChange={(senders) => change({ AcceptMessagesOnlyFromSendersOrMembers: senders })}
      />
      <SizeField
        label={t('groups.maxReceiveField')}
        parameter="MaxReceiveSize"
        hint={t('groups.maxReceiveHint')}
        value={settings.MaxReceiveSize}
        onChange={(MaxReceiveSize) => change({ MaxReceiveSize })}
      />
    </>
  );
}
