// Export: the certificate with its key as a file that a password opens, which is asked for twice. The
// browser saves the file; the password is kept nowhere.
import { Button, Spinner, Text, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { download } from '../../../parts/csv';
import { TextField } from '../../../parts/fields';
import { fromBase64 } from '../../../parts/file';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { fileName, titleOf, type Certificate } from './certificate';
import { useReasons } from './reasons';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

interface Props {
  certificate: Certificate;
  onClose: () => void;
}

export function ExportCertificate({ certificate, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const reasons = useReasons();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const file = fileName(certificate, 'pfx');
  const isOther = password !== again;
  const command = { Identity: certificate.Identity, Password: password };
  const save = async () => {
    setTried(true);
    if (busy || password === '' || isOther) return;
    setBusy(true);
    setRefused(null);
    try {
      const { objects } = await act('Export-ExchangeCertificate', command, {
        done: t('certificates.exported', { file }),
      });
      const data = objects[0]?.FileData;
      if (data) download(file, 'application/x-pkcs12', fromBase64(data));
      onClose();
    } catch (error) {
      setRefused(asProblem(error));
      setBusy(false);
    }
  };
  const messages = {
    Password: tried && password === '' ? t('common.required') : undefined,
    again: tried && password !== '' && isOther ? t('certificates.notTheSame') : undefined,
  };
  return (
    <Form problem={reasons.problem(refused)} messages={messages}>
      <ModalDialog
        title={t('certificates.exportTitle', { name: titleOf(certificate) })}
        onClose={onClose}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('certificates.exporting')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void save()}>
              {t('certificates.export')}
            </Button>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div
          className={styles.fields}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
            event.preventDefault();
            void save();
          }}
        >
          <Text>{t('certificates.exportIntro', { file })}</Text>
          <FormProblem />
          <TextField
            label={t('certificates.password')}
            parameter="Password"
            required
            first
            secret
            value={password}
            onChange={setPassword}
          />
          <TextField
            label={t('certificates.passwordAgain')}
            parameter="again"
            required
            secret
            value={again}
            onChange={setAgain}
          />
        </div>
        <ShowCommand cmdlet="Export-ExchangeCertificate" parameters={command} />
      </ModalDialog>
    </Form>
  );
}
