// The fields of a mail contact, new or not.
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { TextField } from '../../../parts/fields';
import type { Probe } from '../../../parts/probe';
import { OtherAddressesField } from '../AddressesField';
import type { Settings } from './contact';

interface Props {
  settings: Settings;
  change: (part: Partial<Settings>) => void;
  /** The command that would run with these addresses. */
  probe: (addresses: string[]) => Probe;
}

export function ContactFields({ settings, change, probe }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t('common.name')}
        parameter="Name"
        required
        first
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
        label={t('contacts.external')}
        parameter="ExternalEmailAddress"
        hint={t('contacts.externalHint')}
        required
        code
        value={settings.ExternalEmailAddress}
        onChange={(ExternalEmailAddress) => change({ ExternalEmailAddress })}
      />
      <OtherAddressesField
        label={t('contacts.addresses')}
        hint={t('contacts.addressesHint')}
        addresses={settings.EmailAddresses}
        onChange={(EmailAddresses) => change({ EmailAddresses })}
        probe={probe}
      />
    </>
  );
}
