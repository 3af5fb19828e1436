// Comes when signing is refused because the DNS does not have the records (DK-06): what is missing, what
// to do, and to sign all the same for whoever says that he knows better.
import { Button, Spinner, Text, makeStyles } from '@fluentui/react-components';
import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parameters } from '../../../api/cmdlets';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { ErrorPanel } from '../../../parts/ErrorPanel';
import { CheckField } from '../../../parts/fields';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { isUnpublished } from './actions';
import type { DkimConfig } from './config';
import { recordsOf } from './records';
import { RecordStates } from './RecordStates';
import { useConfig } from './use-config';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  steps: { margin: 0, paddingLeft: '20px' },
});

interface Props {
  config: DkimConfig;
  /** The server's words, for what the list of records does not show. */
  refusal: Problem;
  /** What was to be changed. */
  given: Partial<Parameters<'Set-DkimSigningConfig'>>;
  /** Said when it has worked. */
  done: string;
  onDone: () => void;
  onRecords: () => void;
  onClose: () => void;
}

export function RefusedDialog(props: Props): ReactElement {
  const { config: shown, given, done, onDone, onRecords, onClose } = props;
  const [refusal, setRefusal] = useState(props.refusal);
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const { config, check } = useConfig(shown);
  const [knows, setKnows] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  // What was refused is what the DNS says now.
  useEffect(() => void check(), [check]);

  const command = { Identity: config.Domain, ...given, ...(knows ? { Force: true } : {}) };
  const set = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await act('Set-DkimSigningConfig', command, { ifMatch: config.ObjectVersion, done });
      onDone();
    } catch (error) {
      const refused = asProblem(error);
      if (isUnpublished(refused)) {
        setRefusal(refused);
        await check();
      } else setProblem(refused);
      setBusy(false);
    }
  };
  const needed = recordsOf(config).filter(({ role, finding }) => role === 'signing' && finding);
  // With another algorithm than before, a record is needed that was not.
  const isOther = given.Algorithms !== undefined;
  return (
    <ModalDialog
      title={t('dkim.refused.title', { domain: config.Domain })}
      onClose={onClose}
      footer={
        <>
          {busy && <Spinner size="tiny" label={t('dkim.checking')} />}
          {knows ? (
            <Button disabledFocusable={busy} onClick={() => void set()}>
              {t('dkim.refused.force')}
            </Button>
          ) : (
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void set()}>
              {t('common.retry')}
            </Button>
          )}
          <Button onClick={onRecords}>{t('dkim.showRecords')}</Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </>
      }
    >
      <div className={styles.content}>
        <Text>{t('dkim.refused.text')}</Text>
        {isOther ? <Text>{refusal.message}</Text> : <RecordStates records={needed} />}
        <Text weight="semibold">{t('dkim.refused.todo')}</Text>
        <ol className={styles.steps}>
          <li>{t('dkim.refused.step1')}</li>
          <li>{t('dkim.refused.step2')}</li>
          <li>{t('dkim.refused.step3')}</li>
        </ol>
        <CheckField
          label={t('dkim.refused.agree')}
          hint={t('dkim.refused.agreeHint')}
          checked={knows}
          onChange={setKnows}
        />
        {problem && <ErrorPanel problem={problem} />}
      </div>
      <ShowCommand cmdlet="Set-DkimSigningConfig" parameters={command} />
    </ModalDialog>
  );
}
