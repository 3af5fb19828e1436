// How lists look.
import { makeStyles, tokens } from '@fluentui/react-components';

export const ROW_HEIGHT = 36;

export const useListStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', minHeight: 0, minWidth: 0, flexGrow: 1 },
  head: { display: 'flex', alignItems: 'center', columnGap: '8px', padding: '4px 0 8px' },
  search: { width: '220px', flexShrink: 1, minWidth: '100px' },
  nothing: { display: 'flex', alignItems: 'center', columnGap: '12px', padding: '16px 0' },
  foot: {
    padding: '6px 0 0',
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  grid: {
    flexGrow: 1,
    minHeight: '120px',
    overflow: 'auto',
    position: 'relative',
    outlineStyle: 'none',
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-1px' },
  },
  /** As wide as the columns need at least. */
  wide: { minWidth: 'min-content' },
  headRow: {
    display: 'grid',
    position: 'sticky',
    top: 0,
    zIndex: 1,
    backgroundColor: tokens.colorNeutralBackground1,
    borderBottom: `1px solid ${tokens.colorNeutralStroke1}`,
  },
  headCell: { minWidth: 0 },
  sort: {
    width: '100%',
    justifyContent: 'flex-start',
    minWidth: 0,
    padding: '5px 8px',
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground2,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
  },
  rows: { position: 'relative' },
  row: {
    display: 'grid',
    position: 'absolute',
    top: 0,
    left: 0,
    right: 0,
    height: `${ROW_HEIGHT}px`,
    boxSizing: 'border-box',
    alignItems: 'center',
    cursor: 'default',
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
  },
  selected: {
    backgroundColor: tokens.colorBrandBackground2,
    color: tokens.colorNeutralForeground1,
    ':hover': { backgroundColor: tokens.colorBrandBackground2Hover },
  },
  active: { boxShadow: `inset 0 0 0 2px ${tokens.colorStrokeFocus2}` },
  cell: {
    padding: '0 8px',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  },
  numeric: { textAlign: 'end' },
});
