// A page of Recipients: the list of one kind, its details pane, and the dialogs that are opened from it.
// The address may name what to show: ?select=NAME, ?new=1.
import { Button, MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { Delete20Regular } from '@fluentui/react-icons/svg/delete';
import { Edit20Regular } from '@fluentui/react-icons/svg/edit';
import {
  Suspense,
  useEffect,
  useState,
  type ComponentType,
  type ReactElement,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../api/permissions';
import type { Problem } from '../../api/problem';
import { format as address, navigate, useRoute } from '../../frame/router';
import { useShortcuts } from '../../frame/shortcuts';
import { EmptyState } from '../../parts/EmptyState';
import type { Column } from '../../parts/list-props';
import { ObjectList } from '../../parts/ObjectList';
import { SplitView } from '../../parts/SplitView';
import type { ToolItem } from '../../parts/ToolBar';
import { MOST_LISTED } from './recipient';
import { useRemove, type Kind, type Removable } from './use-remove';

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0, rowGap: '8px' },
});

interface Props<T extends Removable> {
  kind: Kind;
  icon: ReactElement;
  /** The answer of the cmdlet that lists them. */
  answer: {
    data?: { objects: T[]; warnings: string[] } | undefined;
    error: Problem | null;
    refetch: () => unknown;
  };
  columns: readonly Column<T>[];
  Details: ComponentType<{ objects: readonly T[] }>;
  New: ComponentType<{ onCreated: (guid: string) => void; onClose: () => void }>;
  Edit: ComponentType<{ object: T; onClose: () => void }>;
}

type Open<T> = { kind: 'new' } | { kind: 'edit'; object: T } | null;

export function RecipientPage<T extends Removable>(props: Props<T>): ReactElement {
  const { kind, icon, answer, columns, Details, New, Edit } = props;
  const { id, verbs } = kind;
  const styles = useStyles();
  const { t } = useTranslation();
  const { may, why } = usePermissions();
  const { query } = useRoute();
  const remove = useRemove(kind);
  const [marked, setMarked] = useState<string[]>([]);
  const [open, setOpen] = useState<Open<T>>(null);

  const items = answer.data?.objects;
  const selected = items?.filter(({ Guid }) => marked.includes(Guid)) ?? [];
  const [one] = selected;
  const isFromLdap = selected.some(({ IsDirSynced }) => IsDirSynced);
  const only = selected.length === 1 ? one : undefined;

  useEffect(() => {
    const isNew = query['new'] !== undefined;
    if (isNew && may(verbs.new)) setOpen({ kind: 'new' });
    const named = items?.find(({ Name }) => Name === query['select']);
    if (named) setMarked([named.Guid]);
    if (isNew || named) navigate(address(['recipients', id]), true);
  }, [query, items, may, id, verbs]);

  const create = () => may(verbs.new) && setOpen({ kind: 'new' });
  const edit = (object: T | undefined) => {
    if (object && may(verbs.set)) setOpen({ kind: 'edit', object });
  };
  const drop = (objects: readonly T[]) => {
    const isOurs = objects.every(({ IsDirSynced }) => !IsDirSynced);
    if (may(verbs.remove) && isOurs) void remove(objects);
  };
  useShortcuts([{ key: 'n', text: t(`${id}.newTitle`), run: create }]);

  const tools: ToolItem[] = [
    {
      id: 'new',
      label: t('common.new'),
      icon: <Add20Regular />,
      onClick: create,
      why: why(verbs.new),
    },
    {
      id: 'edit',
      label: t('common.edit'),
      icon: <Edit20Regular />,
      onClick: () => edit(only),
      disabled: !only,
      why: why(verbs.set),
    },
    {
      id: 'delete',
      label: t('common.delete'),
      icon: <Delete20Regular />,
      onClick: () => drop(selected),
      disabled: selected.length === 0,
      why: why(verbs.remove) ?? (isFromLdap ? t('recipients.removedThere') : undefined),
    },
  ];
  const close = () => setOpen(null);
  return (
    <>
      <SplitView
        list={
          <div className={styles.list}>
            {(answer.data?.warnings.length ?? 0) > 0 && <More />}
            <ObjectList
              id={id}
              label={t(`${id}.title`)}
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
              empty={<Nobody kind={kind} icon={icon} onNew={may(verbs.new) ? create : undefined} />}
            />
          </div>
        }
        details={items && items.length > 0 && <Details objects={selected} />}
      />
      <Suspense>
        {open?.kind === 'new' && (
          <New
            onCreated={(guid) => {
              setMarked([guid]);
              close();
            }}
            onClose={close}
          />
        )}
        {open?.kind === 'edit' && <Edit object={open.object} onClose={close} />}
      </Suspense>
    </>
  );
}

const keyOf = ({ Guid }: Removable) => Guid;

/** There are more than are listed. */
function More(): ReactNode {
  const { t } = useTranslation();
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>{t('recipients.more', { count: MOST_LISTED })}</MessageBarBody>
    </MessageBar>
  );
}

interface NobodyProps {
  kind: Kind;
  icon: ReactElement;
  onNew: (() => void) | undefined;
}

function Nobody({ kind, icon, onNew }: NobodyProps): ReactElement {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={icon}
      title={t(`${kind.id}.empty.title`)}
      text={t(`${kind.id}.empty.text`)}
      action={
        onNew && (
          <Button appearance="primary" icon={<Add20Regular />} onClick={onNew}>
            {t(`${kind.id}.newTitle`)}
          </Button>
        )
      }
    />
  );
}
