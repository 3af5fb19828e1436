// Mail flow > Test message: sends a message and follows it until it is delivered or explained. What is
// followed stands in the address (?id=<Message-ID>&at=<when>), so that it survives a reload; any other
// message can be followed by its Message-ID too.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate, useRoute } from '../../../frame/router';
import { EmptyState } from '../../../parts/EmptyState';
import { followAddress } from '../queues/addresses';
import { Follow } from './Follow';
import { rememberTest } from './history';
import type { TestMessage } from './outputs';
import { SendForm } from './SendForm';
import { TestHistory } from './TestHistory';

const useStyles = makeStyles({
  page: {
    display: 'grid',
    gridTemplateColumns: 'minmax(280px, 400px) minmax(0, 1fr)',
    columnGap: '32px',
    paddingTop: '12px',
    '@media (max-width: 1000px)': { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: '24px' },
  },
  left: { display: 'flex', flexDirection: 'column', rowGap: '24px' },
  right: {
    minWidth: 0,
    paddingLeft: '32px',
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 1000px)': { paddingLeft: 0, borderLeftStyle: 'none' },
  },
});

export default function TestMessagePage(): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const { query } = useRoute();
  const { id, at, to } = query;
  const sent = (message: TestMessage) => {
    const { InternetMessageId, To, Subject, Date: date } = message;
    rememberTest({ id: InternetMessageId, to: To, subject: Subject, at: date });
    navigate(followAddress(InternetMessageId, date));
  };
  return (
    <div className={styles.page}>
      <div className={styles.left}>
        <SendForm key={to} proposed={to} onSent={sent} />
        <TestHistory current={id} />
      </div>
      <div className={styles.right}>
        {id === undefined ? (
          <EmptyState
            title={t('testMessage.about')}
            text={t('testMessage.aboutText')}
            steps={[t('testMessage.about1'), t('testMessage.about2'), t('testMessage.about3')]}
          />
        ) : (
          <Follow key={id} id={id} at={at} />
        )}
      </div>
    </div>
  );
}
