// Import: a file that the browser reads, and what opens it. As soon as a file is chosen the server says what
// it thinks of it: that it wants a password, that it has no key, that it is none.
import { Button, Spinner, Text, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parameters } from '../../../api/cmdlets';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { notify } from '../../../frame/notifications';
import { CheckField, TextField } from '../../../parts/fields';
import { base64 } from '../../../parts/file';
import { FileField } from '../../../parts/FileField';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useUnsavedGuard } from '../../../parts/unsaved';
import { isRequest, titleOf, type Certificate } from './certificate';
import { useReasons } from './reasons';
import { ServerField } from './ServerField';
import { Warnings } from './Warnings';

/** Bytes of a file that the server reads; larger ones are not read here either. */
const LARGEST = 256 * 1024;
const TYPES = '.pfx,.p12,.pem,.crt,.cer,.der,.p7b,.p7c,.key';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

interface Chosen {
  name: string;
  /** Base64; null for a file that is too large to be one. */
  data: string | null;
}

interface Props {
  /** Those that are there, to say which request is answered. */
  present: readonly Certificate[];
  onImported: (certificate: Certificate) => void;
  onClose: () => void;
}

export function ImportCertificate({ present, onImported, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const reasons = useReasons();
  const [file, setFile] = useState<Chosen | null>(null);
  const [password, setPassword] = useState('');
  // Only what has been typed to its end is tried.
  const [tried, setTried] = useState('');
  const [more, setMore] = useState({ FriendlyName: '', PrivateKeyExportable: false, Server: '' });
  const [missing, setMissing] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const mayLeave = useUnsavedGuard(file !== null && !busy);

  const command = (FileData: unknown, secret: string) => ({
    FileData,
    ...(secret === '' ? {} : { Password: secret }),
    ...(more.FriendlyName.trim() === '' ? {} : { FriendlyName: more.FriendlyName.trim() }),
    ...(more.PrivateKeyExportable ? { PrivateKeyExportable: true } : {}),
    ...(more.Server === '' ? {} : { Server: more.Server }),
  });
  const called = (secret: string) =>
    command(file?.data, secret) as Parameters<'Import-ExchangeCertificate'>;
  const judged = useWhatIf('Import-ExchangeCertificate', file?.data ? called(tried) : null);
  const wantsPassword = judged.problem?.parameter === 'Password' && tried === '';
  const problem = refused ?? (wantsPassword ? null : judged.problem);

  const change = (part: Partial<typeof more>) => {
    setRefused(null);
    setMore((before) => ({ ...before, ...part }));
  };
  const choose = async (chosen: File) => {
    setRefused(null);
    setMissing(false);
    const isTooLarge = chosen.size > LARGEST;
    const data = isTooLarge ? null : base64(new Uint8Array(await chosen.arrayBuffer()));
    setFile({ name: chosen.name, data });
  };
  const told = (imported: Certificate) => {
    const name = titleOf(imported);
    const answers = present.some((one) => isRequest(one) && one.Guid === imported.Guid);
    notify({
      kind: 'success',
      title: t(answers ? 'certificates.completed' : 'certificates.imported', { name }),
    });
  };
  const send = async () => {
    if (!file) setMissing(true);
    if (busy || !file?.data) return;
    setBusy(true);
    try {
      const { objects } = await act('Import-ExchangeCertificate', called(password), {
        // What was said in the dialog is not said again.
        warning: (text) => (judged.warnings.includes(text) ? null : reasons.warning(text)),
      });
      const [imported] = objects;
      if (imported) {
        told(imported);
        onImported(imported);
      } else onClose();
    } catch (error) {
      setRefused(asProblem(error));
      setBusy(false);
    }
  };
  const close = async () => {
    if (!busy && (await mayLeave())) onClose();
  };
  const wrong = missing
    ? t('common.required')
    : file && file.data === null
      ? t('certificates.reasons.tooLarge', { value: String(LARGEST) })
      : undefined;
  return (
    <Form problem={reasons.problem(problem)} messages={{ FileData: wrong }}>
      <ModalDialog
        title={t('certificates.importTitle')}
        onClose={() => void close()}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void send()}>
              {t('certificates.import')}
            </Button>
            <Button onClick={() => void close()}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div className={styles.fields}>
          <Text>{t('certificates.importIntro')}</Text>
          <FormProblem />
          <FileField
            label={t('certificates.file')}
            parameter="FileData"
            required
            accept={TYPES}
            hint={t('certificates.fileHint')}
            name={file?.name}
            onChoose={(chosen) => void choose(chosen)}
          />
          <Warnings texts={judged.warnings} />
          <TextField
            label={t('certificates.password')}
            parameter="Password"
            secret
            hint={t(wantsPassword ? 'certificates.passwordWanted' : 'certificates.passwordHint')}
            value={password}
            onChange={(typed) => {
              setRefused(null);
              setPassword(typed);
            }}
            onBlur={() => setTried(password)}
          />
          <TextField
            label={t('certificates.friendlyName')}
            parameter="FriendlyName"
            hint={t('certificates.friendlyNameHint')}
            value={more.FriendlyName}
            onChange={(FriendlyName) => change({ FriendlyName })}
          />
          <CheckField
            label={t('certificates.exportable')}
            parameter="PrivateKeyExportable"
            hint={t('certificates.exportableHint')}
            checked={more.PrivateKeyExportable}
            onChange={(PrivateKeyExportable) => change({ PrivateKeyExportable })}
          />
          <ServerField value={more.Server} onChange={(Server) => change({ Server })} />
        </div>
        <ShowCommand
          cmdlet="Import-ExchangeCertificate"
          parameters={command({ File: file?.name ?? 'mail.pfx' }, password)}
        />
      </ModalDialog>
    </Form>
  );
}
