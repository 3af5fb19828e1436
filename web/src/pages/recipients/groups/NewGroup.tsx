// New distribution group: name, address, members, and whether strangers may send to it.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '../../../parts/fields';
import { MembersField } from '../MembersField';
import { NewDialog } from '../NewDialog';
import { joined, without } from '../recipient';
import { useMessages } from '../use-messages';
import { BLANK, creation } from './group';
import { brokenName } from './rules';
import { StrangersField } from './StrangersField';

interface Props {
  onCreated: (guid: string) => void;
  onClose: () => void;
}

// They were found by the server; there may be thousands.
const UNASKED = ['Members'];

export function NewGroup({ onCreated, onClose }: Props): ReactElement {
  const { t } = useTranslation();
  const messages = useMessages();
  return (
    <NewDialog
      title={t('groups.newTitle')}
      cmdlet="New-DistributionGroup"
      blank={BLANK}
      creation={creation}
      unasked={UNASKED}
      broken={(wanted) => messages(brokenName({ ...wanted }))}
      done={({ Name }) => t('groups.created', { name: Name.trim() })}
      onCreated={onCreated}
      onClose={onClose}
    >
      {(wanted, change) => (
        <>
          <TextField
            label={t('common.name')}
            parameter="Name"
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
            label={t('recipients.displayName')}
            parameter="DisplayName"
            placeholder={wanted.Name}
            value={wanted.DisplayName}
            onChange={(DisplayName) => change({ DisplayName })}
          />
          <MembersField
            label={t('groups.membersLabel')}
            hint={t('groups.membersHint')}
            height={150}
            members={wanted.Members}
            onAdd={(more) => change({ Members: joined(wanted.Members, more) })}
            onRemove={(gone) => change({ Members: without(wanted.Members, gone) })}
          />
          <StrangersField
            value={wanted.RequireSenderAuthenticationEnabled}
            onChange={(on) => change({ RequireSenderAuthenticationEnabled: on })}
          />
          <TextField
            label={t('groups.notes')}
            parameter="Notes"
            lines={2}
            value={wanted.Notes}
            onChange={(Notes) => change({ Notes })}
          />
        </>
      )}
    </NewDialog>
  );
}
