// The page for somebody who is not signed in, and the page for when the server does not answer.
import { Button, Link, Text, makeStyles, tokens } from '@fluentui/react-components';
import { useEffect, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../api/problem';
import { resume } from '../api/session';
import { chooseLanguage, languages, nameOf } from '../texts';
import { SignInForm } from './SignInForm';

const useStyles = makeStyles({
  page: {
    minHeight: '100%',
    boxSizing: 'border-box',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    rowGap: '16px',
    padding: '24px 16px',
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: {
    width: '100%',
    maxWidth: '420px',
    boxSizing: 'border-box',
    padding: '32px',
    display: 'flex',
    flexDirection: 'column',
    rowGap: '20px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: tokens.shadow4,
  },
  name: { fontSize: tokens.fontSizeHero700, fontWeight: tokens.fontWeightSemibold },
  brand: { display: 'flex', alignItems: 'center', columnGap: '12px' },
  logo: { width: '40px', height: '40px' },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, fontWeight: tokens.fontWeightSemibold },
  languages: { display: 'flex', columnGap: '16px' },
  hint: { color: tokens.colorNeutralForeground2 },
});

function Shell({ children }: { children: ReactNode }): ReactElement {
  const styles = useStyles();
  const { t, i18n } = useTranslation();
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img className={styles.logo} src="./favicon.svg" alt="" />
          <span className={styles.name}>Relais</span>
        </div>
        {children}
      </div>
      <nav className={styles.languages} aria-label={t('frame.language')}>
        {languages.map((language) => (
          <Link
            key={language}
            as="button"
            lang={language}
            aria-current={language === i18n.language ? 'true' : undefined}
            onClick={() => void chooseLanguage(language)}
          >
            {nameOf(language)}
          </Link>
        ))}
      </nav>
    </main>
  );
}

export function SignIn(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('signIn.submit')} – Relais`;
  }, [t]);
  return (
    <Shell>
      <h1 className={styles.title}>{t('signIn.title')}</h1>
      <SignInForm />
      <Text size={200} className={styles.hint}>
        {t('signIn.sandbox')}
      </Text>
    </Shell>
  );
}

export function Unreachable({ problem }: { problem: Problem }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <Shell>
      <h1 className={styles.title}>{t('signIn.unreachable')}</h1>
      <Text>{problem.status === 0 ? t('problem.networkAdvice') : problem.message}</Text>
      <Button appearance="primary" onClick={() => void resume()}>
        {t('common.retry')}
      </Button>
    </Shell>
  );
}
