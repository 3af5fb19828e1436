// How it ended for one recipient: delivered, or failed.
import { Link, makeStyles, tokens } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useWhoAmI } from '../../../api/session';
import { useFormat } from '../../../texts/format';
import { useSandboxMessages } from '../../sandbox/sandbox';
import { AdviceBox } from '../queues/AdviceBox';
import { connectorAddress, sandboxMessage } from '../queues/addresses';
import { AnswerCard } from './AnswerCard';
import type { Fate } from './timeline';

const useStyles = makeStyles({
  said: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  link: { marginTop: '12px' },
});

function hostOf({ host, address }: Fate): string | null {
  if (host && address) return `${host} [${address}]`;
  return host ?? address;
}

export function Delivered({ fate, id }: { fate: Fate; id: string }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = usePermissions();
  const { sandbox } = useWhoAmI();
  const { recipient, connector, said, at, since, here } = fate;
  // The message tracking log does not tell of TLS; in the sandbox the other side can be asked.
  const outside = useSandboxMessages({ enabled: sandbox && !here }).data;
  const arrived = outside?.find(
    (message) =>
      message.messageId === id &&
      message.rcptTo.some((to) => to.toLowerCase() === recipient.toLowerCase()),
  );
  const took = since ? (Date.parse(at) - Date.parse(since)) / 1000 : null;
  const tls = arrived
    ? arrived.tls
      ? `${arrived.tls.protocol}, ${arrived.tls.cipher}`
      : t('testMessage.noTls')
    : here
      ? null
      : t('testMessage.tlsUnknown');
  return (
    <AnswerCard
      tone="good"
      title={t(here ? 'testMessage.deliveredHere' : 'testMessage.deliveredTo', { recipient })}
      facts={[
        [
          t('testMessage.connector'),
          connector &&
            !here &&
            (may('Get-SendConnector') ? (
              <Link href={connectorAddress(connector)}>{connector}</Link>
            ) : (
              connector
            )),
        ],
        [t('testMessage.remoteHost'), here ? null : hostOf(fate)],
        [t('testMessage.reply'), said && <span className={styles.said}>{said}</span>],
        [t('testMessage.tls'), tls],
        [
          t('testMessage.when'),
          took === null
            ? format.exact(at)
            : t('testMessage.after', { at: format.exact(at), seconds: format.number(took) }),
        ],
      ]}
    >
      {arrived && (
        <div className={styles.link}>
          <Link href={sandboxMessage(id)}>{t('testMessage.seeSandbox')}</Link>
        </div>
      )}
    </AnswerCard>
  );
}

export function Failed({ fate, isReported }: { fate: Fate; isReported: boolean }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { recipient, said, at, connector, standing } = fate;
  return (
    <AnswerCard
      tone="bad"
      title={t(standing === 'removed' ? 'testMessage.removedTo' : 'testMessage.failedTo', {
        recipient,
      })}
      facts={[
        [t('testMessage.why'), said && <AdviceBox error={said} />],
        [t('testMessage.connector'), connector],
        [t('testMessage.remoteHost'), hostOf(fate)],
        [t('testMessage.when'), format.exact(at)],
        [
          t('testMessage.report'),
          isReported ? t('testMessage.reported') : t('testMessage.notReported'),
        ],
      ]}
    />
  );
}
