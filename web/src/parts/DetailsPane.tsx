// The facts of what is selected in a list; announced when the selection changes.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const useStyles = makeStyles({
  pane: { padding: '12px 0', overflowWrap: 'anywhere' },
  title: {
    margin: '0 0 12px',
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
    fontWeight: tokens.fontWeightSemibold,
  },
  hint: { margin: 0, color: tokens.colorNeutralForeground2 },
  facts: { margin: 0 },
  name: {
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
    marginTop: '10px',
  },
  value: { margin: 0 },
});

export interface Fact {
  name: string;
  value: ReactNode;
}

interface Props {
  /** What is selected; without it the pane asks to select something. */
  title?: string | undefined;
  facts?: readonly Fact[];
  children?: ReactNode;
}

export function DetailsPane({ title, facts = [], children }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <aside className={styles.pane} aria-label={t('common.details')}>
      {title === undefined ? (
        <p className={styles.hint}>{t('list.selectRow')}</p>
      ) : (
        <>
          <h2 className={styles.title} aria-live="polite">
            {title}
          </h2>
          {facts.length > 0 && (
            <dl className={styles.facts}>
              {facts
                .filter(({ value }) => value !== '' && value !== null && value !== undefined)
                .map(({ name, value }) => (
                  <div key={name}>
                    <dt className={styles.name}>{name}</dt>
                    <dd className={styles.value}>{value}</dd>
                  </div>
                ))}
            </dl>
          )}
          {children}
        </>
      )}
    </aside>
  );
}
