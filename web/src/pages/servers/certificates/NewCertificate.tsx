// New certificate: one that is signed by itself, or a request for an authority; the names, and for whoever
// wants to choose them, subject, key and services.
import { Button, Divider, Spinner, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { same } from '../../../parts/diff';
import { CheckField, RadioField, SelectField, TextField } from '../../../parts/fields';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useUnsavedGuard } from '../../../parts/unsaved';
import { BLANK, KEY_SIZES, creation, type Certificate, type Wanted } from './certificate';
import { useReasons, warningOf } from './reasons';
import { ServerField } from './ServerField';
import { ServiceChecks } from './ServiceChecks';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

interface Props {
  onCreated: (certificate: Certificate) => void;
  onClose: () => void;
}

export function NewCertificate({ onCreated, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const reasons = useReasons();
  const [wanted, setWanted] = useState<Wanted>(BLANK);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const mayLeave = useUnsavedGuard(!same(wanted, BLANK) && !busy);

  const command = creation(wanted);
  const judged = useWhatIf('New-ExchangeCertificate', command);
  const asks = wanted.kind === 'request';
  const change = (part: Partial<Wanted>) => {
    setRefused(null);
    setWanted((before) => ({ ...before, ...part }));
  };
  const create = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const { objects } = await act('New-ExchangeCertificate', command, {
        // That it is trusted by nobody, the list shows.
        warning: (text) => (warningOf(text) === 'untrusted' ? null : reasons.warning(text)),
        done: t(asks ? 'certificates.asked' : 'certificates.made'),
      });
      if (objects[0]) onCreated(objects[0]);
      else onClose();
    } catch (error) {
      setRefused(asProblem(error));
      setBusy(false);
    }
  };
  const close = async () => {
    if (!busy && (await mayLeave())) onClose();
  };
  return (
    <Form problem={reasons.problem(refused ?? judged.problem)}>
      <ModalDialog
        title={t('certificates.newTitle')}
        onClose={() => void close()}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('certificates.making')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void create()}>
              {t('common.save')}
            </Button>
            <Button onClick={() => void close()}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div className={styles.fields}>
          <FormProblem />
          <RadioField
            label={t('certificates.kind')}
            value={wanted.kind}
            onChange={(kind) => change({ kind })}
            choices={[
              { value: 'selfSigned', label: t('certificates.kinds.selfSigned') },
              { value: 'request', label: t('certificates.kinds.request') },
            ]}
          />
          <TextField
            label={t('certificates.names')}
            parameter="DomainName"
            code
            first
            lines={3}
            placeholder="mail.contoso.com"
            hint={t('certificates.namesHint')}
            value={wanted.DomainName}
            onChange={(DomainName) => change({ DomainName })}
          />
          <CheckField
            label={t('certificates.acceptedDomains')}
            parameter="IncludeAcceptedDomains"
            checked={wanted.IncludeAcceptedDomains}
            onChange={(IncludeAcceptedDomains) => change({ IncludeAcceptedDomains })}
          />
          {!asks && (
            <ServiceChecks value={wanted.Services} onChange={(Services) => change({ Services })} />
          )}
          <Divider alignContent="start">{t('certificates.more')}</Divider>
          <TextField
            label={t('certificates.columns.subject')}
            parameter="SubjectName"
            code
            placeholder="CN=mail.contoso.com, O=Contoso, C=FR"
            hint={t('certificates.subjectHint')}
            value={wanted.SubjectName}
            onChange={(SubjectName) => change({ SubjectName })}
          />
          <TextField
            label={t('certificates.friendlyName')}
            parameter="FriendlyName"
            hint={t('certificates.friendlyNameHint')}
            value={wanted.FriendlyName}
            onChange={(FriendlyName) => change({ FriendlyName })}
          />
          <SelectField
            label={t('certificates.keySize')}
            parameter="KeySize"
            hint={wanted.KeySize === '4096' ? t('certificates.keySizeHint') : undefined}
            value={wanted.KeySize}
            onChange={(KeySize) => change({ KeySize })}
            choices={KEY_SIZES.map((size) => ({
              value: size,
              label: t('certificates.bits', { bits: size }),
            }))}
          />
          <CheckField
            label={t('certificates.exportable')}
            parameter="PrivateKeyExportable"
            hint={t('certificates.exportableHint')}
            checked={wanted.PrivateKeyExportable}
            onChange={(PrivateKeyExportable) => change({ PrivateKeyExportable })}
          />
          <ServerField value={wanted.Server} onChange={(Server) => change({ Server })} />
        </div>
        <ShowCommand cmdlet="New-ExchangeCertificate" parameters={command} />
      </ModalDialog>
    </Form>
  );
}
