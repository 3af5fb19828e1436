// Comes when the session has ended while the page is open: the same person signs in again and goes on
// where he was; whoever else it is starts anew.
import { Link, Text } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { leave } from '../api/session';
import { ModalDialog } from '../parts/ModalDialog';
import { SignInForm } from './SignInForm';

export default function SessionDialog({ user }: { user: string }): ReactElement {
  const { t } = useTranslation();
  return (
    <ModalDialog title={t('session.title')} size="small" alert>
      <Text block style={{ marginBottom: 16 }}>
        {t('session.text')}
      </Text>
      <SignInForm user={user} />
      <Text block size={200} style={{ marginTop: 16 }}>
        <Link as="button" onClick={leave}>
          {t('session.other')}
        </Link>{' '}
        {t('session.otherHint')}
      </Text>
    </ModalDialog>
  );
}
