// Mail flow > Test message: sends a message and follows it until it is delivered or explained. What is
// followed stands in the address (?id=<Message-ID>&at=<when>), so that it survives a reload; any other
// message can be followed by its Message-ID too.
import { makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate, useRoute } from '../../../frame/router';
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
  about: { maxWidth: '560px', color: tokens.colorNeutralForeground2 },
  title: {
    margin: 0,
    color: tokens.colorNeutralForeground1,
    fontSize: tokens.fontSizeBase500,
    lineHeight: tokens.lineHeightBase500,
  },
  list: { margin: 0, paddingLeft: '20px', lineHeight: tokens.lineHeightBase500 },
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
          <section className={styles.about}>
            <h2 className={styles.title}>{t('testMessage.about')}</h2>
            <p>{t('testMessage.aboutText')}</p>
            <ul className={styles.list}>
              <li>{t('testMessage.about1')}</li>
              <li>{t('testMessage.about2')}</li>
              <li>{t('testMessage.about3')}</li>
            </ul>
          </section>
        ) : (
          <Follow key={id} id={id} at={at} />
        )}
      </div>
    </div>
  );
}
