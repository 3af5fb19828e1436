// The fields that the wizard and the edit dialog share: delivery with smart hosts, address spaces, source
// servers. Each takes the settings and says what changes.
import { makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCmdlet } from '../../../api/queries';
import { ListField } from '../../../parts/ListField';
import { CheckField, RadioField } from '../../../parts/fields';
import { AddDomain } from './AddDomain';
import { AddSmartHost } from './AddSmartHost';
import { SelectServer } from './SelectServer';
import { spaceOf } from './address-space';
import type { Settings } from './connector';
import type { Probe } from '../../../parts/probe';

export interface FieldsProps {
  settings: Settings;
  change: (part: Partial<Settings>) => void;
  /** The command that would run with these settings. */
  probe: (part: Partial<Settings>) => Probe;
}

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
});

/** An entry being added or edited: its place in the list, or 'new'. */
type Open = number | 'new' | null;

function put<T>(list: readonly T[], at: Open, value: T): T[] {
  return typeof at === 'number' ? list.with(at, value) : [...list, value];
}

interface DeliveryProps extends FieldsProps {
  /** What the connector's type leaves to choose. */
  only?: 'mx' | 'hosts' | undefined;
}

export function DeliveryFields({ settings, change, probe, only }: DeliveryProps): ReactElement {
  const { t } = useTranslation();
  const styles = useStyles();
  return (
    <div className={styles.stack}>
      <RadioField
        label={t('sendConnectors.delivery')}
        parameter="DNSRoutingEnabled"
        hint={
          only === 'hosts'
            ? t('sendConnectors.internalOnlyHosts')
            : only === 'mx'
              ? t('sendConnectors.partnerOnlyMx')
              : undefined
        }
        value={settings.DNSRoutingEnabled ? 'mx' : 'hosts'}
        onChange={(value) => change({ DNSRoutingEnabled: value === 'mx' })}
        choices={[
          { value: 'mx', label: t('sendConnectors.mx'), disabled: only === 'hosts' },
          { value: 'hosts', label: t('sendConnectors.smartHosts'), disabled: only === 'mx' },
        ]}
      />
      {!settings.DNSRoutingEnabled && (
        <SmartHosts settings={settings} change={change} probe={probe} />
      )}
      <CheckField
        label={t('sendConnectors.externalDns')}
        parameter="UseExternalDNSServersEnabled"
        checked={settings.UseExternalDNSServersEnabled}
        onChange={(on) => change({ UseExternalDNSServersEnabled: on })}
      />
    </div>
  );
}

function SmartHosts({ settings, change, probe }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Open>(null);
  const hosts = settings.SmartHosts;
  const present = typeof open === 'number' ? hosts[open] : undefined;
  return (
    <>
      <ListField
        label={t('sendConnectors.smartHostList')}
        parameter="SmartHosts"
        required
        columns={[{ title: t('sendConnectors.smartHostColumn'), cell: (host) => host }]}
        items={hosts}
        keyOf={(host) => host}
        onAdd={() => setOpen('new')}
        onEdit={(_, index) => setOpen(index)}
        onRemove={(index) => change({ SmartHosts: hosts.toSpliced(index, 1) })}
        emptyText={t('sendConnectors.noSmartHosts')}
      />
      {open !== null && (
        <AddSmartHost
          {...(present === undefined ? {} : { present })}
          others={hosts.filter((host) => host !== present)}
          // The authentication page comes later: hosts are judged without it.
          probe={(host) =>
            probe({
              DNSRoutingEnabled: false,
              SmartHosts: put(hosts, open, host),
              SmartHostAuthMechanism: 'None',
            })
          }
          onSave={(host) => {
            change({ SmartHosts: put(hosts, open, host) });
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

export function AddressSpaceFields({ settings, change, probe }: FieldsProps): ReactElement {
  const { t } = useTranslation();
  const styles = useStyles();
  const [open, setOpen] = useState<Open>(null);
  const spaces = settings.AddressSpaces;
  const present = typeof open === 'number' ? spaces[open] : undefined;
  const cells: [keyof ReturnType<typeof spaceOf>, string][] = [
    ['type', '90px'],
    ['domain', 'minmax(0, 1fr)'],
    ['cost', '80px'],
  ];
  return (
    <div className={styles.stack}>
      <ListField
        label={t('sendConnectors.addressSpace')}
        parameter="AddressSpaces"
        required
        columns={cells.map(([part, width]) => ({
          title: t(`sendConnectors.spaceColumns.${part}`),
          cell: (space: string): ReactNode => spaceOf(space)[part],
          width,
        }))}
        items={spaces}
        keyOf={(space) => space}
        onAdd={() => setOpen('new')}
        onEdit={(_, index) => setOpen(index)}
        onRemove={(index) => change({ AddressSpaces: spaces.toSpliced(index, 1) })}
        emptyText={t('sendConnectors.noSpaces')}
      />
      <CheckField
        label={t('sendConnectors.scoped')}
        parameter="IsScopedConnector"
        hint={t('sendConnectors.scopedHint')}
        checked={settings.IsScopedConnector}
        onChange={(on) => change({ IsScopedConnector: on })}
      />
      {open !== null && (
        <AddDomain
          {...(present === undefined ? {} : { present })}
          probe={(space) => probe({ AddressSpaces: put(spaces, open, space) })}
          onSave={(space) => {
            change({ AddressSpaces: put(spaces, open, space) });
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

export function SourceServerFields({ settings, change }: Omit<FieldsProps, 'probe'>): ReactElement {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const known = useCmdlet('Get-ExchangeServer', {}).data?.objects;
  const servers = settings.SourceTransportServers;
  const of = (name: string) =>
    known?.find((server) => server.Name.toLowerCase() === name.toLowerCase());
  return (
    <>
      <ListField
        label={t('sendConnectors.sourceServer')}
        parameter="SourceTransportServers"
        required
        hint={t('sendConnectors.sourceServerHint')}
        columns={[
          { title: t('sendConnectors.serverColumns.name'), cell: (name) => name },
          {
            title: t('sendConnectors.serverColumns.site'),
            cell: (name) => of(name)?.Site,
            width: 'minmax(0, 1.4fr)',
          },
          {
            title: t('sendConnectors.serverColumns.role'),
            cell: (name) => of(name)?.ServerRole,
            width: 'minmax(0, 1.2fr)',
          },
          {
            title: t('sendConnectors.serverColumns.version'),
            cell: (name) => of(name)?.AdminDisplayVersion,
          },
        ]}
        items={servers}
        keyOf={(name) => name}
        onAdd={() => setOpen(true)}
        onRemove={(index) => change({ SourceTransportServers: servers.toSpliced(index, 1) })}
        emptyText={t('sendConnectors.noServers')}
      />
      {open && (
        <SelectServer
          onSelect={(names) => {
            change({ SourceTransportServers: [...new Set([...servers, ...names])] });
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
