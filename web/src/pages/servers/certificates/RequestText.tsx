// The text of a request, to copy or to save as a file.
import { Button, makeStyles } from '@fluentui/react-components';
import { ArrowDownload16Regular } from '@fluentui/react-icons/svg/arrow-download';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/CopyText';
import { download } from '../../../parts/csv';
import { fileName, type Certificate } from './certificate';

const useStyles = makeStyles({
  save: { marginTop: '8px' },
});

export function RequestText({ certificate }: { certificate: Certificate }): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const text = certificate.Request ?? '';
  return (
    <>
      <CopyText
        text={text}
        label={t('certificates.request')}
        copyLabel={t('certificates.copyRequest')}
      />
      <Button
        className={styles.save}
        size="small"
        icon={<ArrowDownload16Regular />}
        onClick={() => download(fileName(certificate, 'csr'), 'application/pkcs10', text)}
      >
        {t('certificates.saveRequest')}
      </Button>
    </>
  );
}
