// What a list is given: its columns, its objects and what can be done with them.
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem';
import type { ToolItem } from './ToolBar';

export interface Column<T> {
  id: string;
  title: string;
  /** What is sorted, searched and exported. */
  value: (item: T) => string | number | null | undefined;
  /** What is shown, where it is not the value's text. */
  cell?: (item: T) => ReactNode;
  /** A CSS grid track; minmax(120px, 1fr) unless given. */
  width?: string;
  /** Not shown until it is chosen. */
  optional?: boolean;
  numeric?: boolean;
}

export interface ObjectListProps<T> {
  /** Its columns are remembered under this; also the name of the CSV file. */
  id: string;
  label: string;
  items: readonly T[] | undefined;
  keyOf: (item: T) => string;
  columns: readonly Column<T>[];
  tools?: readonly ToolItem[];
  selected: readonly string[];
  onSelect: (keys: string[]) => void;
  onOpen?: (item: T) => void;
  onDelete?: (items: T[]) => void;
  onRefresh: () => void;
  problem?: Problem | null;
  /** Shown instead of the rows when there is no object at all. */
  empty?: ReactNode;
  sortBy?: { column: string; descending?: boolean };
  /** The server sorts, since the rows are only a page of them: the order, and what changes it. */
  order?: {
    by: { column: string; descending: boolean } | undefined;
    onChange: (column: string) => void;
  };
  /** Beside the search box, for filters of one's own. */
  filters?: ReactNode;
}
