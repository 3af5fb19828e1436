// Mail flow > DKIM: the list of signing configurations, its details pane, and the dialogs that are
// opened from it. Reading the list asks the DNS. The address may name what to show: ?select=DOMAIN, ?new=1.
import { Button } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { Edit20Regular } from '@fluentui/react-icons/svg/edit';
import { KeyReset20Regular } from '@fluentui/react-icons/svg/key-reset';
import { ShieldCheckmark20Regular } from '@fluentui/react-icons/svg/shield-checkmark';
import { TextBulletListSquare20Regular } from '@fluentui/react-icons/svg/text-bullet-list-square';
import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import type { Problem } from '../../../api/problem';
import { useCmdlet } from '../../../api/queries';
import { format as address, navigate, useRoute } from '../../../frame/router';
import { useShortcuts } from '../../../frame/shortcuts';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import type { ToolItem } from '../../../parts/ToolBar';
import { useDkimActions } from './actions';
import { isRotating, type DkimConfig } from './config';
import { Details } from './Details';
import { EditConfig } from './EditConfig';
import { useColumns } from './list-columns';
import { NewConfig } from './NewConfig';
import { RecordsDialog } from './RecordsDialog';
import { RefusedDialog } from './RefusedDialog';
import { RotateKeys } from './RotateKeys';

type Open =
  | { kind: 'new' }
  | { kind: 'edit' | 'rotate' | 'records'; config: DkimConfig }
  | { kind: 'refused'; config: DkimConfig; refusal: Problem }
  | null;

const keyOf = (config: DkimConfig) => config.Guid;
const HERE = ['mail-flow', 'dkim'];

export default function Dkim(): ReactElement {
  const { t } = useTranslation();
  const { may, why } = usePermissions();
  const { query } = useRoute();
  const answer = useCmdlet('Get-DkimSigningConfig', {});
  const columns = useColumns();
  const suggested = useSuggestion(answer.data?.objects);
  const [marked, setMarked] = useState<string[]>([]);
  const [open, setOpen] = useState<Open>(null);
  const show = (kind: 'edit' | 'rotate' | 'records', config: DkimConfig | undefined) =>
    config && setOpen({ kind, config });
  const { enable, remove } = useDkimActions((config, refusal) =>
    setOpen({ kind: 'refused', config, refusal }),
  );

  const items = answer.data?.objects;
  const selected = items?.filter(({ Guid }) => marked.includes(Guid)) ?? [];
  const [one] = selected;
  const only = selected.length === 1 ? one : undefined;

  useEffect(() => {
    if (query['new'] !== undefined && may('New-DkimSigningConfig')) setOpen({ kind: 'new' });
    const named = items?.find(({ Domain }) => Domain === query['select']);
    if (named) setMarked([named.Guid]);
    if (query['new'] !== undefined || named) navigate(address(HERE), true);
  }, [query, items, may]);

  const create = () => may('New-DkimSigningConfig') && setOpen({ kind: 'new' });
  const edit = (config: DkimConfig | undefined) => {
    if (may('Set-DkimSigningConfig')) show('edit', config);
    else show('records', config);
  };
  const drop = (configs: readonly DkimConfig[]) => {
    if (may('Remove-DkimSigningConfig')) void remove(configs);
  };
  useShortcuts([{ key: 'n', text: t('dkim.newTitle'), run: create }]);

  const tools: ToolItem[] = [
    {
      id: 'new',
      label: t('common.new'),
      icon: <Add20Regular />,
      onClick: create,
      why: why('New-DkimSigningConfig'),
    },
    {
      id: 'edit',
      label: t('common.edit'),
      icon: <Edit20Regular />,
      onClick: () => edit(only),
      disabled: !only,
      why: why('Set-DkimSigningConfig'),
    },
    {
      id: 'delete',
      label: t('common.delete'),
      icon: <Delete20Regular />,
      onClick: () => drop(selected),
      disabled: selected.length === 0,
      why: why('Remove-DkimSigningConfig'),
    },
    {
      id: 'records',
      label: t('dkim.showRecords'),
      icon: <TextBulletListSquare20Regular />,
      onClick: () => show('records', only),
      disabled: !only,
    },
    {
      id: 'rotate',
      label: t('dkim.rotate'),
      icon: <KeyReset20Regular />,
      onClick: () => show('rotate', only),
      disabled: !only,
      why:
        why('Rotate-DkimSigningConfig') ??
        (only && isRotating(only) ? t('dkim.rotating') : undefined),
    },
  ];
  const close = () => setOpen(null);
  return (
    <>
      <SplitView
        list={
          <ObjectList
            id="dkim"
            label={t('dkim.title')}
            items={items}
            keyOf={keyOf}
            columns={columns}
            tools={tools}
            selected={marked}
            onSelect={setMarked}
            onOpen={edit}
            onDelete={drop}
            onRefresh={() => void answer.refetch()}
            problem={answer.error}
            sortBy={{ column: 'domain' }}
            empty={<NoConfig onNew={may('New-DkimSigningConfig') ? create : undefined} />}
          />
        }
        details={
          items &&
          items.length > 0 && (
            <Details
              configs={selected}
              onEnable={(config, on) => void enable(config, on)}
              onRecords={(config) => show('records', config)}
            />
          )
        }
      />
      {open?.kind === 'new' && (
        <NewConfig
          suggested={suggested}
          onCreated={(config) => {
            setMarked([config.Guid]);
            show('records', config);
          }}
          onClose={close}
        />
      )}
      {open?.kind === 'edit' && (
        <EditConfig
          config={open.config}
          onRecords={(config) => show('records', config)}
          onClose={close}
        />
      )}
      {open?.kind === 'rotate' && (
        <RotateKeys
          config={open.config}
          onRotated={(config) => show('records', config)}
          onClose={close}
        />
      )}
      {open?.kind === 'records' && (
        <RecordsDialog
          config={open.config}
          onEnable={(config) => {
            close();
            void enable(config, true);
          }}
          onClose={close}
        />
      )}
      {open?.kind === 'refused' && (
        <RefusedDialog
          config={open.config}
          refusal={open.refusal}
          given={{ Enabled: true }}
          done={t('dkim.wasEnabled', { domain: open.config.Domain })}
          onDone={close}
          onRecords={() => show('records', open.config)}
          onClose={close}
        />
      )}
    </>
  );
}

/** The default domain of the organization, while nothing signs for it. */
function useSuggestion(configs: readonly DkimConfig[] | undefined): string {
  const { may } = usePermissions();
  const { data } = useCmdlet('Get-AcceptedDomain', {}, { enabled: may('Get-AcceptedDomain') });
  const main = data?.objects.find(({ Default }) => Default)?.DomainName ?? '';
  return configs?.some(({ Domain }) => Domain === main) ? '' : main;
}

function NoConfig({ onNew }: { onNew: (() => void) | undefined }): ReactElement {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<ShieldCheckmark20Regular fontSize={40} />}
      title={t('dkim.empty.title')}
      text={t('dkim.empty.text')}
      steps={
        onNew ? [t('dkim.empty.step1'), t('dkim.empty.step2'), t('dkim.empty.step3')] : undefined
      }
      action={
        onNew && (
          <Button appearance="primary" icon={<Add20Regular />} onClick={onNew}>
            {t('dkim.newTitle')}
          </Button>
        )
      }
    />
  );
}
