// Whether signatures in the DNS are believed, without which there is no DANE. Off is how it is wherever nobody has
// set a validating resolver up: no alarm.
import { Link, Spinner } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useCmdlet } from '../../api/queries';
import { ErrorPanel } from '../../parts/ErrorPanel';
import { TRANSPORT_SECURITY } from '../mail-flow/queues/addresses';
import { DnssecText } from '../mail-flow/transport-security/Dnssec';
import { Card } from './Card';

const TONES = { Proven: 'good', Off: undefined, Lost: 'bad' } as const;

export function DnssecCard(): ReactElement {
  const { t } = useTranslation();
  const answer = useCmdlet('Get-TransportSecurity', {}, { live: 60 });
  const title = t('transportSecurity.dnssec');
  const [state] = answer.data?.objects ?? [];
  if (!state) {
    return (
      <Card title={title}>
        {answer.error ? (
          <ErrorPanel problem={answer.error} onRetry={() => void answer.refetch()} />
        ) : (
          <Spinner size="small" label={t('common.loading')} />
        )}
      </Card>
    );
  }
  const tone = TONES[state.DnssecValidation];
  return (
    <Card
      title={title}
      {...(tone ? { tone } : {})}
      state={t(`transportSecurity.validations.${state.DnssecValidation}`)}
    >
      <DnssecText state={state} />
      <Link href={TRANSPORT_SECURITY}>{t('transportSecurity.title')}</Link>
    </Card>
  );
}
