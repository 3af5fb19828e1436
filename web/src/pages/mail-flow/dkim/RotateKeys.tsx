// New keys for a domain: what happens next, from when they are to sign, how large they are.
import { Button, Spinner, Text, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { MomentField } from '../../../parts/fields';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { otherSelector, rotation, type DkimConfig } from './config';
import { KeySizeField } from './KeyFields';
import { useWarnings } from './warnings';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '12px' },
  steps: { margin: 0, paddingLeft: '20px' },
  step: { margin: '4px 0' },
});

interface Props {
  config: DkimConfig;
  onRotated: (config: DkimConfig) => void;
  onClose: () => void;
}

export function RotateKeys({ config, onRotated, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const warnings = useWarnings();
  const [date, setDate] = useState('');
  const [size, setSize] = useState(String(config.KeySize));
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const domain = config.Domain;
  const command = rotation(config, { date, size });
  const { problem } = useWhatIf('Rotate-DkimSigningConfig', command);
  const rotate = async () => {
    if (busy) return;
    setBusy(true);
    setRefused(null);
    try {
      const { objects } = await act('Rotate-DkimSigningConfig', command, {
        ifMatch: config.ObjectVersion,
        done: t('dkim.rotated', { domain }),
        warning: warnings(domain),
      });
      onRotated(objects[0] ?? config);
    } catch (error) {
      setRefused(asProblem(error));
      setBusy(false);
    }
  };
  const names = { now: config.SigningSelector, next: otherSelector(config) };
  const steps = ['rotateStep1', 'rotateStep2', 'rotateStep3', 'rotateStep4'] as const;
  return (
    <Form problem={refused ?? problem}>
      <ModalDialog
        title={t('dkim.rotateTitle', { domain })}
        onClose={onClose}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void rotate()}>
              {t('dkim.rotateNow')}
            </Button>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div className={styles.fields}>
          <FormProblem />
          <Text weight="semibold">{t('dkim.rotateIntro')}</Text>
          <ol className={styles.steps}>
            {steps.map((step) => (
              <li key={step} className={styles.step}>
                {t(`dkim.${step}`, names)}
              </li>
            ))}
          </ol>
          <MomentField
            label={t('dkim.rotateOn')}
            parameter="RotateOnDate"
            hint={t('dkim.rotateOnHint')}
            value={date}
            onChange={setDate}
          />
          <KeySizeField value={size} onChange={setSize} />
        </div>
        <ShowCommand cmdlet="Rotate-DkimSigningConfig" parameters={command} />
      </ModalDialog>
    </Form>
  );
}
