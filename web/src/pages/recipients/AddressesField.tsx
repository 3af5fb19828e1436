// The email addresses of a mailbox or group: one of them is the reply address, which can be replaced but not
// taken out. Contacts have only others here; their own is elsewhere.
import { makeStyles, tokens } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ListField } from '../../parts/ListField';
import type { Probe } from '../../parts/probe';
import { AddressDialog } from './AddressDialog';
import { drop, isSame, listed, put, type Addresses, type Place } from './addresses';

const useStyles = makeStyles({
  reply: { fontWeight: tokens.fontWeightSemibold },
});

interface Props {
  addresses: Addresses;
  onChange: (addresses: Addresses) => void;
  /** The command that would run with these addresses. */
  probe: (addresses: Addresses) => Probe;
}

export function AddressesField({ addresses, onChange, probe }: Props): ReactElement {
  const { t } = useTranslation();
  const styles = useStyles();
  const [open, setOpen] = useState<Place | null>(null);
  const all = listed(addresses);
  const isReply = (address: string) => isSame(address, addresses.PrimarySmtpAddress);
  const present = typeof open === 'number' ? all[open] : undefined;
  const shown = (address: string) =>
    isReply(address) ? <strong className={styles.reply}>{address}</strong> : address;
  return (
    <>
      <ListField
        label={t('recipients.addresses')}
        parameter={['EmailAddresses', 'PrimarySmtpAddress']}
        hint={t('recipients.addressesHint')}
        columns={[
          {
            title: t('recipients.columns.address'),
            cell: shown,
            width: 'minmax(0, 2fr)',
          },
          {
            title: t('recipients.addressKind'),
            cell: (address) => (isReply(address) ? t('recipients.replyAddress') : ''),
          },
        ]}
        items={all}
        keyOf={(address) => address}
        mayRemove={(address) => !isReply(address)}
        onAdd={() => setOpen('new')}
        onEdit={(_, index) => setOpen(index)}
        onRemove={(index) => onChange(drop(addresses, index))}
        emptyText=""
      />
      {open !== null && (
        <AddressDialog
          present={present}
          reply={present !== undefined && isReply(present)}
          others={all.filter((address) => address !== present)}
          probe={(address, reply) => probe(put(addresses, open, address, reply))}
          onSave={(address, reply) => {
            onChange(put(addresses, open, address, reply));
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

interface OthersProps {
  label: string;
  hint: string;
  addresses: readonly string[];
  onChange: (addresses: string[]) => void;
  probe: (addresses: string[]) => Probe;
}

/** Addresses of which none is the reply address. */
export function OtherAddressesField(props: OthersProps): ReactElement {
  const { label, hint, addresses, onChange, probe } = props;
  const { t } = useTranslation();
  const [open, setOpen] = useState<Place | null>(null);
  const present = typeof open === 'number' ? addresses[open] : undefined;
  const placed = (address: string) =>
    typeof open === 'number' ? addresses.with(open, address) : [...addresses, address];
  return (
    <>
      <ListField
        label={label}
        parameter="EmailAddresses"
        hint={hint}
        columns={[{ title: t('recipients.columns.address'), cell: (address) => address }]}
        items={addresses}
        keyOf={(address) => address}
        onAdd={() => setOpen('new')}
        onEdit={(_, index) => setOpen(index)}
        onRemove={(index) => onChange(addresses.toSpliced(index, 1))}
        emptyText={t('recipients.noAddress')}
      />
      {open !== null && (
        <AddressDialog
          present={present}
          others={addresses.filter((address) => address !== present)}
          probe={(address) => probe(placed(address))}
          onSave={(address) => {
            onChange(placed(address));
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
