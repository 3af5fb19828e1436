// Mail flow > Send connectors: the list, its details pane, and the dialogs that are opened from it.
// The address may name what to show: ?select=NAME, ?new=1, ?new=internet for that type.
import { Button } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { Copy20Regular } from '@fluentui/react-icons/svg/copy';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { Edit20Regular } from '@fluentui/react-icons/svg/edit';
import { PlugConnected20Regular } from '@fluentui/react-icons/svg/plug-connected';
import { Suspense, lazy, useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { format as address, navigate, useRoute } from '../../../frame/router';
import { useShortcuts } from '../../../frame/shortcuts';
import { EmptyState } from '../../../parts/EmptyState';
import { ObjectList } from '../../../parts/ObjectList';
import { SplitView } from '../../../parts/SplitView';
import type { ToolItem } from '../../../parts/ToolBar';
import { useConnectorActions } from './actions';
import { settingsOf, usageOf, type SendConnector, type Usage } from './connector';
import { Details } from './Details';
import { useColumns } from './list-columns';

const NewConnector = lazy(() =>
  import('./NewConnector').then((m) => ({ default: m.NewConnector })),
);
const EditConnector = lazy(() =>
  import('./EditConnector').then((m) => ({ default: m.EditConnector })),
);

type Open =
  | { kind: 'new'; type?: Usage | undefined }
  | { kind: 'copy' | 'edit'; connector: SendConnector }
  | null;

const keyOf = (connector: SendConnector) => connector.Guid;
const HERE = ['mail-flow', 'send-connectors'];

export default function SendConnectors(): ReactElement {
  const { t } = useTranslation();
  const { may, why } = usePermissions();
  const { query } = useRoute();
  const answer = useCmdlet('Get-SendConnector', {});
  const columns = useColumns();
  const { enable, remove } = useConnectorActions();
  const [marked, setMarked] = useState<string[]>([]);
  const [open, setOpen] = useState<Open>(null);

  const items = answer.data?.objects;
  const selected = items?.filter((connector) => marked.includes(connector.Guid)) ?? [];
  const [one] = selected;
  const only = selected.length === 1 ? one : undefined;

  useEffect(() => {
    if (query['new'] !== undefined && may('New-SendConnector')) {
      setOpen({ kind: 'new', type: usageOf(query['new']) });
    }
    const named = items?.find((connector) => connector.Name === query['select']);
    if (named) setMarked([named.Guid]);
    if (query['new'] !== undefined || named) navigate(address(HERE), true);
  }, [query, items, may]);

  const create = () => may('New-SendConnector') && setOpen({ kind: 'new' });
  const edit = (connector: SendConnector | undefined) => {
    if (connector && may('Set-SendConnector')) setOpen({ kind: 'edit', connector });
  };
  const drop = (connectors: readonly SendConnector[]) => {
    if (may('Remove-SendConnector')) void remove(connectors);
  };
  useShortcuts([{ key: 'n', text: t('sendConnectors.newTitle'), run: create }]);

  const tools: ToolItem[] = [
    {
      id: 'add',
      label: t('common.add'),
      icon: <Add20Regular />,
      onClick: create,
      why: why('New-SendConnector'),
    },
    {
      id: 'edit',
      label: t('common.edit'),
      icon: <Edit20Regular />,
      onClick: () => edit(only),
      disabled: !only,
      why: why('Set-SendConnector'),
    },
    {
      id: 'delete',
      label: t('common.delete'),
      icon: <Delete20Regular />,
      onClick: () => drop(selected),
      disabled: selected.length === 0,
      why: why('Remove-SendConnector'),
    },
    {
      id: 'copy',
      label: t('common.copy'),
      icon: <Copy20Regular />,
      onClick: () => only && setOpen({ kind: 'copy', connector: only }),
      disabled: !only,
      why: why('New-SendConnector'),
    },
  ];
  const close = () => setOpen(null);
  return (
    <>
      <SplitView
        list={
          <ObjectList
            id="send-connectors"
            label={t('sendConnectors.title')}
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
            sortBy={{ column: 'name' }}
            empty={<NoConnector onNew={may('New-SendConnector') ? create : undefined} />}
          />
        }
        details={
          items &&
          items.length > 0 && (
            <Details connectors={selected} onEnable={(list, on) => void enable(list, on)} />
          )
        }
      />
      <Suspense>
        {open?.kind === 'new' || open?.kind === 'copy' ? (
          <NewConnector
            type={open.kind === 'new' ? open.type : undefined}
            {...(open.kind === 'copy'
              ? {
                  start: copyOf(
                    open.connector,
                    t('sendConnectors.copyName', { name: open.connector.Name }),
                  ),
                }
              : {})}
            onClose={close}
            onCreated={(guid) => {
              setMarked([guid]);
              close();
            }}
          />
        ) : null}
        {open?.kind === 'edit' && <EditConnector connector={open.connector} onClose={close} />}
      </Suspense>
    </>
  );
}

/** The settings a copy begins with; the password does not come along, nobody can read it. */
function copyOf(connector: SendConnector, name: string) {
  return { ...settingsOf(connector), Name: name.slice(0, 64) };
}

function NoConnector({ onNew }: { onNew: (() => void) | undefined }): ReactElement {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<PlugConnected20Regular fontSize={40} />}
      title={t('sendConnectors.empty.title')}
      text={t('sendConnectors.empty.text')}
      steps={
        onNew
          ? [
              t('sendConnectors.empty.step1'),
              t('sendConnectors.empty.step2'),
              t('sendConnectors.empty.step3'),
            ]
          : undefined
      }
      action={
        onNew && (
          <Button appearance="primary" icon={<Add20Regular />} onClick={onNew}>
            {t('sendConnectors.newTitle')}
          </Button>
        )
      }
    />
  );
}
