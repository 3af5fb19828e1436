// The rows of an ObjectList: an ARIA grid with one tab stop for the rows (aria-activedescendant) and
// one per column head (sorting).
import { Button, mergeClasses } from '@fluentui/react-components';
import { ArrowSortDown16Regular } from '@fluentui/react-icons/svg/arrow-sort-down';
import { ArrowSortUp16Regular } from '@fluentui/react-icons/svg/arrow-sort-up';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
} from 'react';
import type { ListTable } from './list-table';
import type { ObjectListProps } from './list-props';
import { ROW_HEIGHT, useListStyles } from './list-styles';
import { NOTHING, all, click, moveTo, prune, target, toggle, type Selection } from './selection';

export function ListGrid<T>({
  list,
  ...props
}: ObjectListProps<T> & { list: ListTable<T> }): ReactElement {
  const { label, keyOf, selected, onSelect, onOpen, onDelete } = props;
  const styles = useListStyles();
  const id = useId();
  const scroll = useRef<HTMLDivElement>(null);
  const keys = useMemo(() => list.rows.map(keyOf), [list.rows, keyOf]);
  const [kept, setKept] = useState<Selection>(NOTHING);
  const state = useMemo(() => {
    const known = prune(keys, { ...kept, selected: new Set(selected) });
    return known.active === null && selected[0] !== undefined && keys.includes(selected[0])
      ? { ...known, active: selected[0], anchor: selected[0] }
      : known;
  }, [keys, kept, selected]);
  const virtual = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: ROW_HEIGHT,
    scrollPaddingEnd: ROW_HEIGHT,
  });
  const at = state.active === null ? -1 : keys.indexOf(state.active);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);

  useLayoutEffect(() => {
    const grid = scroll.current;
    return () => {
      // The last row is gone, and the grid with it: the focus stays in the page, or in the dialog.
      if (!grid?.contains(document.activeElement)) return;
      const field = grid.closest('[role=group], [role=dialog]');
      const next = field?.querySelector<HTMLElement>('[data-first], input, button');
      setTimeout(() => (next ?? document.querySelector<HTMLElement>('#content'))?.focus(), 0);
    };
  }, []);

  const become = (next: Selection) => {
    setKept(next);
    if (next.selected !== state.selected) onSelect([...next.selected]);
  };
  const rowOf = (event: MouseEvent) => {
    const index = (event.target as Element).closest<HTMLElement>('[data-index]')?.dataset['index'];
    return index === undefined ? undefined : list.rows[Number(index)];
  };
  const modifiers = (event: MouseEvent | KeyboardEvent) => ({
    shift: event.shiftKey,
    ctrl: event.ctrlKey || event.metaKey,
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroll.current) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const to = target(keys, state.active, event.key, page);
    const here = list.rows[at];
    if (to !== undefined) become(moveTo(keys, state, to, modifiers(event)));
    else if (event.key === ' ' && state.active !== null) become(toggle(state, state.active));
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey))
      become(all(keys, state));
    else if (event.key === 'Enter' && here !== undefined) onOpen?.(here);
    else if (event.key === 'Delete' && selected.length > 0) {
      onDelete?.(list.rows.filter((item) => selected.includes(keyOf(item))));
    } else return;
    event.preventDefault();
  };
  const tracks = list.columns.map((column) => column.width ?? 'minmax(120px, 1fr)').join(' ');
  return (
    <div
      ref={scroll}
      role="grid"
      tabIndex={0}
      className={styles.grid}
      aria-label={label}
      aria-multiselectable
      aria-rowcount={keys.length + 1}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const first = keys[0];
        if (event.target === scroll.current && at < 0 && first !== undefined) {
          setKept({ ...state, active: first, anchor: first });
        }
      }}
    >
      <div role="presentation" className={styles.wide}>
        <div
          role="row"
          aria-rowindex={1}
          className={styles.headRow}
          style={{ gridTemplateColumns: tracks }}
        >
          {list.columns.map((column) => {
            const sorted = list.sorting?.id === column.id ? list.sorting : undefined;
            return (
              <div
                key={column.id}
                role="columnheader"
                className={styles.headCell}
                aria-sort={sorted ? (sorted.desc ? 'descending' : 'ascending') : 'none'}
              >
                <Button
                  className={mergeClasses(styles.sort, column.numeric && styles.numeric)}
                  appearance="transparent"
                  title={column.title}
                  size="small"
                  iconPosition="after"
                  icon={
                    sorted ? (
                      sorted.desc ? (
                        <ArrowSortDown16Regular />
                      ) : (
                        <ArrowSortUp16Regular />
                      )
                    ) : undefined
                  }
                  onClick={() => list.sort(column.id)}
                >
                  {column.title}
                </Button>
              </div>
            );
          })}
        </div>
        <div
          role="rowgroup"
          className={styles.rows}
          style={{ height: virtual.getTotalSize() }}
          onMouseDown={(event) => {
            if (event.shiftKey) event.preventDefault();
            const item = event.button === 0 ? rowOf(event) : undefined;
            if (item !== undefined) become(click(keys, state, keyOf(item), modifiers(event)));
          }}
          onDoubleClick={(event) => {
            const item = rowOf(event);
            if (item !== undefined) onOpen?.(item);
          }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const item = list.rows[index];
            const key = keys[index];
            if (item === undefined || key === undefined) return null;
            const isSelected = state.selected.has(key);
            return (
              <div
                key={key}
                id={`${id}-${index}`}
                data-index={index}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={isSelected}
                className={mergeClasses(
                  styles.row,
                  isSelected && styles.selected,
                  index === at && 'list-active',
                )}
                style={{ gridTemplateColumns: tracks, transform: `translateY(${start}px)` }}
              >
                {list.columns.map((column) => {
                  const text = column.value(item) ?? '';
                  return (
                    <div
                      key={column.id}
                      role="gridcell"
                      title={String(text)}
                      className={mergeClasses(styles.cell, column.numeric && styles.numeric)}
                    >
                      {column.cell ? column.cell(item) : text}
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
