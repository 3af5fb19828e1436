// A list of objects: toolbar with overflow and search box above; sortable columns that can be chosen;
// rows drawn only where they are seen, so that tens of thousands do not matter; one or several rows
// selected by mouse or keyboard; export of what is shown as CSV; a line with counts below.
// It is one tab stop: arrows, Home, End, Page keys move, Shift extends, Ctrl+Space toggles, Ctrl+A
// selects all, Enter opens, Delete deletes.
import { Button, SearchBox, Spinner, Text } from '@fluentui/react-components';
import { ArrowExport20Regular } from '@fluentui/react-icons/svg/arrow-export';
import { ArrowSync20Regular } from '@fluentui/react-icons/svg/arrow-sync';
import { ColumnTriple20Regular } from '@fluentui/react-icons/svg/column-triple';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../frame/shortcuts';
import { localeOf } from '../texts';
import { ColumnChooser } from './ColumnChooser';
import { csv, download, separatorFor } from './csv';
import { ErrorPanel } from './ErrorPanel';
import { ListGrid } from './ListGrid';
import type { ObjectListProps } from './list-props';
import { useListStyles } from './list-styles';
import { ToolBar, type ToolItem } from './ToolBar';
import { useListTable } from './list-table';

export function ObjectList<T>(props: ObjectListProps<T>): ReactElement {
  const { id, label, items, tools = [], onRefresh, problem, empty, filters } = props;
  const { t, i18n } = useTranslation();
  const styles = useListStyles();
  const [filter, setFilter] = useState('');
  const [choosing, setChoosing] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const list = useListTable(props, filter);
  useVisibleSelection(props, list.rows);
  useShortcuts([
    ...(props.order
      ? []
      : [{ key: '/', text: t('shortcuts.filter'), run: () => search.current?.focus() }]),
    { key: 'r', text: t('shortcuts.refresh'), run: onRefresh },
  ]);

  const exportCsv = () => {
    const head = list.columns.map((column) => column.title);
    const rows = list.rows.map((item) => list.columns.map((column) => column.value(item)));
    download(
      `${id}.csv`,
      'text/csv;charset=utf-8',
      csv([head, ...rows], separatorFor(localeOf(i18n.language))),
    );
  };
  const all: ToolItem[] = [
    ...tools,
    { id: 'refresh', label: t('common.refresh'), icon: <ArrowSync20Regular />, onClick: onRefresh },
    {
      id: 'columns',
      label: t('list.columns'),
      icon: <ColumnTriple20Regular />,
      onClick: () => setChoosing(true),
      more: true,
    },
    {
      id: 'export',
      label: t('list.export'),
      icon: <ArrowExport20Regular />,
      onClick: exportCsv,
      disabled: list.rows.length === 0,
      more: true,
    },
  ];

  const total = items?.length ?? 0;
  return (
    <section className={styles.list} aria-label={label}>
      <div className={styles.head}>
        <ToolBar label={t('list.toolbar')} items={all} />
        {filters}
        {!props.order && (
          <SearchBox
            className={styles.search}
            input={{ ref: search }}
            aria-label={t('list.filter')}
            placeholder={t('list.filter')}
            value={filter}
            onChange={(_, data) => setFilter(data.value)}
          />
        )}
      </div>
      {problem && <ErrorPanel problem={problem} onRetry={onRefresh} />}
      {items === undefined && !problem && <Spinner label={t('common.loading')} />}
      {items !== undefined && total === 0 && empty}
      {total > 0 && list.rows.length === 0 && (
        <div className={styles.nothing}>
          <Text>{t('list.nothingFound', { text: filter })}</Text>
          <Button onClick={() => setFilter('')}>{t('list.clearFilter')}</Button>
        </div>
      )}
      {list.rows.length > 0 && <ListGrid {...props} list={list} />}
      {total > 0 && (
        <div className={styles.foot} role="status">
          {list.rows.length < total
            ? t('list.shown', { shown: list.rows.length, total })
            : t('list.count', { count: total })}
          {props.selected.length > 1 &&
            ` · ${t('list.selected', { count: props.selected.length })}`}
        </div>
      )}
      {choosing && (
        <ColumnChooser
          columns={props.columns}
          chosen={list.columns.map((column) => column.id)}
          onChoose={list.choose}
          onClose={() => setChoosing(false)}
        />
      )}
    </section>
  );
}

/** What the search hides is no longer selected, so that nobody deletes what he does not see. */
function useVisibleSelection<T>(
  { selected, keyOf, onSelect, items }: ObjectListProps<T>,
  rows: T[],
): void {
  useEffect(() => {
    if (items === undefined || rows.length === items.length) return;
    const visible = new Set(rows.map(keyOf));
    const kept = selected.filter((key) => visible.has(key));
    if (kept.length < selected.length) onSelect(kept);
  }, [selected, rows, items, keyOf, onSelect]);
}
