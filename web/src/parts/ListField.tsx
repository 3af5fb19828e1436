// A list inside a dialog (smart hosts, address spaces, source servers): icons above, rows with columns
// below. One tab stop: arrows, Home and End move, Enter edits, Delete takes out, Insert adds.
import {
  Button,
  Label,
  Tooltip,
  makeStyles,
  mergeClasses,
  shorthands,
  tokens,
} from '@fluentui/react-components';
import { Add20Regular } from '@fluentui/react-icons/svg/add';
import { Edit20Regular } from '@fluentui/react-icons/svg/edit';
import { Subtract20Regular } from '@fluentui/react-icons/svg/subtract';
import {
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useMessage } from './form';
import { target } from './selection';

interface Props<T> {
  label: string;
  parameter?: string | readonly string[];
  required?: boolean;
  hint?: ReactNode;
  disabled?: boolean;
  columns: readonly { title: string; cell: (item: T) => ReactNode; width?: string }[];
  items: readonly T[];
  keyOf: (item: T) => string;
  onAdd: () => void;
  onEdit?: (item: T, index: number) => void;
  onRemove: (index: number) => void;
  /** Whether it can be taken out; everything can unless told otherwise. */
  mayRemove?: (item: T) => boolean;
  emptyText: string;
}

const useStyles = makeStyles({
  field: { display: 'flex', flexDirection: 'column', rowGap: '2px' },
  hint: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  tools: { display: 'flex' },
  grid: {
    minHeight: '104px',
    maxHeight: '200px',
    overflowY: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  invalid: { ...shorthands.borderColor(tokens.colorPaletteRedBorder2) },
  row: { display: 'grid', minHeight: '30px', alignItems: 'center', cursor: 'default' },
  head: {
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    position: 'sticky',
    top: 0,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  cell: { padding: '0 10px', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  current: { backgroundColor: tokens.colorBrandBackground2 },
  empty: { padding: '10px', color: tokens.colorNeutralForeground2 },
  message: { color: tokens.colorPaletteRedForeground1, fontSize: tokens.fontSizeBase200 },
});

export function ListField<T>(props: Props<T>): ReactElement {
  const {
    label,
    parameter,
    required,
    hint,
    disabled,
    columns,
    items,
    keyOf,
    onAdd,
    onEdit,
    onRemove,
    mayRemove = () => true,
  } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const message = useMessage(parameter);
  const [at, setAt] = useState(0);
  const current = Math.min(at, items.length - 1);
  const item = items[current];
  const tracks = columns.map((column) => column.width ?? 'minmax(0, 1fr)').join(' ');

  const stays = item === undefined || !mayRemove(item);
  const remove = () => {
    if (stays || disabled) return;
    onRemove(current);
    grid.current?.focus();
  };
  const edit = () => item !== undefined && !disabled && onEdit?.(item, current);
  const onKeyDown = (event: KeyboardEvent) => {
    const indexes = items.map((_, index) => String(index));
    const to = target(indexes, String(current), event.key, 6);
    if (to !== undefined) setAt(Number(to));
    else if (event.key === 'Enter') edit();
    else if (event.key === 'Delete') remove();
    else if (event.key === 'Insert' && !disabled) onAdd();
    else return;
    event.preventDefault();
  };

  const tools = [
    { label: t('common.add'), icon: <Add20Regular />, run: onAdd, off: false },
    ...(onEdit
      ? [{ label: t('common.edit'), icon: <Edit20Regular />, run: edit, off: !item }]
      : []),
    { label: t('common.remove'), icon: <Subtract20Regular />, run: remove, off: stays },
  ];
  return (
    <div className={styles.field} role="group" aria-labelledby={`${id}-label`}>
      <Label
        id={`${id}-label`}
        required={required ?? false}
        disabled={disabled ?? false}
        onClick={() => grid.current?.focus()}
      >
        {label}
      </Label>
      {hint !== undefined && (
        <div className={styles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <div className={styles.tools}>
        {tools.map((tool) => (
          <Tooltip key={tool.label} content={tool.label} relationship="label">
            <Button
              appearance="subtle"
              size="small"
              icon={tool.icon}
              disabledFocusable={tool.off || disabled === true}
              onClick={() => !tool.off && !disabled && tool.run()}
            />
          </Tooltip>
        ))}
      </div>
      <div
        ref={grid}
        role="grid"
        tabIndex={0}
        className={mergeClasses(styles.grid, message !== undefined && styles.invalid)}
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-hint ${id}-message`}
        aria-disabled={disabled}
        aria-activedescendant={item === undefined ? undefined : `${id}-${current}`}
        onKeyDown={onKeyDown}
      >
        <div
          role="row"
          className={mergeClasses(styles.row, styles.head)}
          style={{ gridTemplateColumns: tracks }}
        >
          {columns.map((column) => (
            <div role="columnheader" key={column.title} className={styles.cell}>
              {column.title}
            </div>
          ))}
        </div>
        {items.map((one, index) => (
          <div
            key={keyOf(one)}
            id={`${id}-${index}`}
            role="row"
            aria-selected={index === current}
            className={mergeClasses(styles.row, index === current && styles.current)}
            style={{ gridTemplateColumns: tracks }}
            onMouseDown={() => setAt(index)}
            onDoubleClick={edit}
          >
            {columns.map((column) => (
              <div role="gridcell" key={column.title} className={styles.cell}>
                {column.cell(one)}
              </div>
            ))}
          </div>
        ))}
        {items.length === 0 && (
          <div role="row">
            <div role="gridcell" className={styles.empty}>
              {props.emptyText}
            </div>
          </div>
        )}
      </div>
      <div id={`${id}-message`} role="alert" className={styles.message}>
        {message}
      </div>
    </div>
  );
}
