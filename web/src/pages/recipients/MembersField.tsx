// The members of a group, thousands of them if need be: what is not seen is not drawn, and a search box
// narrows the list down. Members are added by SelectRecipients; Insert adds, Delete takes out.
import {
  Button,
  Label,
  SearchBox,
  Spinner,
  Tooltip,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { Subtract20Regular } from '@fluentui/react-icons/svg/subtract';
import { useId, useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useMessage } from '../../parts/form';
import { ListGrid } from '../../parts/ListGrid';
import type { ObjectListProps } from '../../parts/list-props';
import { useListTable } from '../../parts/list-table';
import type { Recipient } from './recipient';
import { SelectRecipients } from './SelectRecipients';
import { useRecipientColumns } from './use-columns';

const useStyles = makeStyles({
  field: { display: 'flex', flexDirection: 'column', rowGap: '4px', minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: '4px' },
  search: { flexGrow: 1, minWidth: '140px', maxWidth: '280px', marginLeft: 'auto' },
  hint: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  grid: { display: 'flex' },
  nobody: {
    flexGrow: 1,
    padding: '10px',
    color: tokens.colorNeutralForeground2,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  message: { color: tokens.colorPaletteRedForeground1, fontSize: tokens.fontSizeBase200 },
});

interface Props {
  label: string;
  hint?: string;
  /** How high the list is, in pixels. */
  height: number;
  /** Undefined while they are read. */
  members: readonly Recipient[] | undefined;
  /** Without these the members are only shown. */
  onAdd?: (recipients: Recipient[]) => void;
  onRemove?: (recipients: Recipient[]) => void;
  /** Who cannot become a member beside those who are. */
  except?: (recipient: Recipient) => boolean;
}

const keyOf = ({ Guid }: Recipient) => Guid;

export function MembersField(props: Props): ReactElement {
  const { label, hint, height, members, onAdd, onRemove, except } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const id = useId();
  const columns = useRecipientColumns();
  const message = useMessage(['Member', 'Members']);
  const [filter, setFilter] = useState('');
  const [marked, setMarked] = useState<string[]>([]);
  const [adding, setAdding] = useState(false);
  const there = useMemo(() => new Set(members?.map(keyOf)), [members]);
  const list: ObjectListProps<Recipient> = {
    id: 'members',
    label,
    items: members,
    keyOf,
    columns,
    selected: marked,
    onSelect: setMarked,
    onDelete: (gone) => onRemove?.(gone),
    onRefresh: () => undefined,
    sortBy: { column: 'name' },
  };
  const table = useListTable(list, filter);
  // Only what is seen is taken out.
  const selected = table.rows.filter(({ Guid }) => marked.includes(Guid));
  const total = members?.length ?? 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') event.stopPropagation();
    if (event.key !== 'Insert' || !onAdd) return;
    event.preventDefault();
    setAdding(true);
  };
  return (
    <div
      className={styles.field}
      role="group"
      aria-labelledby={`${id}-label`}
      aria-describedby={`${id}-hint ${id}-message`}
      onKeyDown={onKeyDown}
    >
      <Label id={`${id}-label`}>{label}</Label>
      <div className={styles.hint} id={`${id}-hint`}>
        {hint}
      </div>
      <div className={styles.head}>
        {onAdd && (
          <Tooltip content={t('common.add')} relationship="label">
            <Button
              appearance="subtle"
              size="small"
              icon={<Add20Regular />}
              onClick={() => setAdding(true)}
            />
          </Tooltip>
        )}
        {onRemove && (
          <Tooltip content={t('common.remove')} relationship="label">
            <Button
              appearance="subtle"
              size="small"
              icon={<Subtract20Regular />}
              disabledFocusable={selected.length === 0}
              onClick={() => selected.length > 0 && onRemove(selected)}
            />
          </Tooltip>
        )}
        {total > 8 && (
          <SearchBox
            className={styles.search}
            size="small"
            aria-label={t('groups.searchMembers')}
            placeholder={t('groups.searchMembers')}
            value={filter}
            onChange={(_, data) => setFilter(data.value)}
          />
        )}
      </div>
      <div className={styles.grid} style={{ height }}>
        {members === undefined && <Spinner label={t('common.loading')} />}
        {members !== undefined && table.rows.length === 0 && (
          <div className={styles.nobody}>
            {total === 0 ? t('groups.noMembers') : t('list.nothingFound', { text: filter })}
          </div>
        )}
        {table.rows.length > 0 && <ListGrid {...list} list={table} />}
      </div>
      <div className={styles.hint} role="status">
        {table.rows.length < total
          ? t('list.shown', { shown: table.rows.length, total })
          : t('groups.members', { count: total })}
        {selected.length > 1 && ` · ${t('list.selected', { count: selected.length })}`}
      </div>
      <div id={`${id}-message`} role="alert" className={styles.message}>
        {message}
      </div>
      {adding && onAdd && (
        <SelectRecipients
          title={t('groups.selectMembers')}
          except={(one) => there.has(one.Guid) || (except?.(one) ?? false)}
          onSelect={(recipients) => {
            setAdding(false);
            onAdd(recipients);
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </div>
  );
}
