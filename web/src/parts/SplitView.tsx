// A list with its details pane: beside each other, or below each other where there is little room.
import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

const useStyles = makeStyles({
  split: {
    flexGrow: 1,
    minHeight: 0,
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) 320px',
    gridTemplateRows: 'minmax(0, 1fr)',
    columnGap: '24px',
    '@media (max-width: 1000px)': {
      gridTemplateColumns: 'minmax(0, 1fr)',
      gridTemplateRows: 'minmax(240px, 1fr) auto',
    },
  },
  alone: { gridTemplateColumns: 'minmax(0, 1fr)' },
  list: { display: 'flex', minWidth: 0, minHeight: 0 },
  details: {
    overflowY: 'auto',
    paddingLeft: '24px',
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 1000px)': {
      padding: '12px 0 0',
      borderLeftStyle: 'none',
      borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    },
  },
});

export function SplitView({
  list,
  details,
}: {
  list: ReactNode;
  details?: ReactNode;
}): ReactElement {
  const styles = useStyles();
  return (
    <div className={mergeClasses(styles.split, !details && styles.alone)}>
      <div className={styles.list}>{list}</div>
      {details && <div className={styles.details}>{details}</div>}
    </div>
  );
}
