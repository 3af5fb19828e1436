// A refusal or failure for people: what happened, what to do about it, and for whoever wants to know
// exactly, the rule, the parameter, its value and what would be accepted. Announced when it appears.
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../api/problem';

const useStyles = makeStyles({
  facts: {
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    columnGap: '12px',
    margin: '4px 0 0',
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
  },
  value: { margin: 0 },
});

export function ErrorPanel({
  problem,
  onRetry,
}: {
  problem: Problem;
  onRetry?: () => void;
}): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { title, advice } = useAdvice(problem);
  const facts = [
    [t('problem.rule'), problem.id?.includes('-') ? problem.id : undefined],
    [t('problem.parameter'), problem.parameter],
    [t('problem.value'), problem.value],
    [t('problem.allowed'), problem.allowed],
  ].filter(([, value]) => value);
  return (
    <div role="alert">
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{title}</MessageBarTitle>
          {problem.status === 0 && problem.id === 'network' ? '' : `${problem.message} `}
          {advice}
          {facts.length > 0 && (
            <dl className={styles.facts}>
              {facts.map(([name, value]) => (
                <Fact key={name} name={name ?? ''} value={value ?? ''} />
              ))}
            </dl>
          )}
        </MessageBarBody>
        {onRetry && (
          <MessageBarActions>
            <Button onClick={onRetry}>{t('common.retry')}</Button>
          </MessageBarActions>
        )}
      </MessageBar>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }): ReactElement {
  const styles = useStyles();
  return (
    <>
      <dt>{name}</dt>
      <dd className={styles.value}>{value}</dd>
    </>
  );
}

function useAdvice({ status, id, retryAfter }: Problem): { title: string; advice: string } {
  const { t } = useTranslation();
  if (id === 'network') return { title: t('problem.network'), advice: t('problem.networkAdvice') };
  if (status === 403)
    return { title: t('problem.permission'), advice: t('problem.permissionAdvice') };
  if (status === 404) return { title: t('problem.notFound'), advice: t('problem.notFoundAdvice') };
  if (retryAfter !== undefined) {
    return { title: t('problem.busy'), advice: t('problem.busyAdvice', { seconds: retryAfter }) };
  }
  if (status >= 400 && status < 500)
    return { title: t('problem.title'), advice: t('problem.valueAdvice') };
  return { title: t('problem.server'), advice: t('problem.serverAdvice') };
}
