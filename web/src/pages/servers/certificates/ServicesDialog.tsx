// What a certificate is shown for, with what the server warns of before it is done.
import { Button, Spinner, Text, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { enabling, servicesOf, titleOf, type Certificate, type Service } from './certificate';
import { useReasons } from './reasons';
import { ServiceChecks } from './ServiceChecks';
import { Warnings } from './Warnings';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

interface Props {
  certificate: Certificate;
  onClose: () => void;
}

export function ServicesDialog({ certificate, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const reasons = useReasons();
  const [services, setServices] = useState<Service[]>(() => servicesOf(certificate));
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const commands = enabling(certificate, services);
  const asked = services.length > 0 ? commands.at(-1) : undefined;
  // What it is shown for after all is judged; taking back needs no judgement.
  const judged = useWhatIf('Enable-ExchangeCertificate', asked ?? null);
  const takesBack = commands[0]?.Services[0] === 'None';
  const name = titleOf(certificate);
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setRefused(null);
    try {
      for (const [index, command] of commands.entries()) {
        const isLast = index === commands.length - 1;
        await act('Enable-ExchangeCertificate', command, {
          ...(index === 0 ? { ifMatch: certificate.ObjectVersion } : {}),
          ...(isLast ? { done: t('certificates.enabled', { name }) } : {}),
          // What was said in the dialog is not said again, and of what is taken back nothing.
          warning: (text) =>
            command.Services[0] === 'None' || judged.warnings.includes(text)
              ? null
              : reasons.warning(text),
        });
      }
      onClose();
    } catch (error) {
      setRefused(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Form problem={reasons.problem(refused ?? judged.problem)}>
      <ModalDialog
        title={t('certificates.servicesTitle', { name })}
        onClose={onClose}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void save()}>
              {t('common.save')}
            </Button>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div className={styles.fields}>
          <Text>{t('certificates.servicesIntro')}</Text>
          <FormProblem />
          <ServiceChecks
            value={services}
            onChange={(chosen) => {
              setRefused(null);
              setServices(chosen);
            }}
          />
          {takesBack && <Text>{t('certificates.takesBack')}</Text>}
          <Warnings texts={judged.warnings} />
        </div>
        {commands.map((command) => (
          <ShowCommand
            key={String(command.Services)}
            cmdlet="Enable-ExchangeCertificate"
            parameters={command}
          />
        ))}
      </ModalDialog>
    </Form>
  );
}
