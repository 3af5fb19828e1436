// A request that has just been made: its text for the authority, and what is done with the answer.
import { Button, Text, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from '../../../parts/ModalDialog';
import { titleOf, type Certificate } from './certificate';
import { RequestText } from './RequestText';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px', alignItems: 'stretch' },
  steps: { margin: 0, paddingLeft: '20px' },
  step: { margin: '4px 0' },
});

interface Props {
  certificate: Certificate;
  onClose: () => void;
}

export function RequestDialog({ certificate, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <ModalDialog
      title={t('certificates.requestTitle', { name: titleOf(certificate) })}
      onClose={onClose}
      footer={
        <Button appearance="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <div className={styles.content}>
        <Text>{t('certificates.requestIntro')}</Text>
        <ol className={styles.steps}>
          {(['step1', 'step2', 'step3'] as const).map((step) => (
            <li key={step} className={styles.step}>
              {t(`certificates.requestSteps.${step}`)}
            </li>
          ))}
        </ol>
        <div>
          <RequestText certificate={certificate} />
        </div>
      </div>
    </ModalDialog>
  );
}
