// The state of a list: which columns are shown (remembered), how rows are sorted and filtered.
import {
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table';
import { useCallback, useMemo, useState } from 'react';
import { forget, remember, remembered } from '../frame/preferences';
import { useFormat } from '../texts/format';
import type { Column, ObjectListProps } from './list-props';

export interface ListTable<T> {
  /** The columns shown. */
  columns: Column<T>[];
  rows: T[];
  choose: (ids: string[] | null) => void;
  sorting: { id: string; desc: boolean } | undefined;
  sort: (id: string) => void;
}

const NONE: never[] = [];

export function useListTable<T>(props: ObjectListProps<T>, filter: string): ListTable<T> {
  const { id, columns, items, sortBy, order } = props;
  const { compare } = useFormat();
  const [chosen, setChosen] = useState<string[] | null>(
    () => remembered(`columns.${id}`)?.split(',') ?? null,
  );
  const [sorting, setSorting] = useState<SortingState>(
    sortBy ? [{ id: sortBy.column, desc: sortBy.descending ?? false }] : [],
  );
  const shown = useMemo(
    () => columns.filter((column) => (chosen ? chosen.includes(column.id) : !column.optional)),
    [columns, chosen],
  );
  const definitions = useMemo<ColumnDef<T>[]>(
    () =>
      columns.map(({ id: column, value }) => ({
        id: column,
        accessorFn: (item) => value(item) ?? '',
        sortingFn: (a, b) => {
          const [x, y] = [a.getValue(column), b.getValue(column)];
          if (typeof x === 'number' && typeof y === 'number') return x - y;
          return compare(String(x), String(y));
        },
      })),
    [columns, compare],
  );
  const visible = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, shown.includes(column)])),
    [columns, shown],
  );
  const table = useReactTable<T>({
    data: (items ?? NONE) as T[],
    columns: definitions,
    state: { sorting, globalFilter: filter, columnVisibility: visible },
    onSortingChange: setSorting,
    globalFilterFn: (row, column, text: string) =>
      shown.some((one) => one.id === column) &&
      String(row.getValue(column)).toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()),
    getColumnCanGlobalFilter: () => true,
    manualSorting: order !== undefined,
    getCoreRowModel: getCoreRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    getSortedRowModel: getSortedRowModel(),
  });
  const model = table.getRowModel();
  const rows = useMemo(() => model.rows.map((row) => row.original), [model]);
  const choose = useCallback(
    (ids: string[] | null) => {
      if (ids) remember(`columns.${id}`, ids.join(','));
      else forget(`columns.${id}`);
      setChosen(ids);
    },
    [id],
  );
  const sort = (column: string) =>
    setSorting(([before]) => [{ id: column, desc: before?.id === column && !before.desc }]);
  if (order) {
    const by = order.by && { id: order.by.column, desc: order.by.descending };
    return { columns: shown, rows, choose, sorting: by, sort: order.onChange };
  }
  return { columns: shown, rows, choose, sorting: sorting[0], sort };
}
