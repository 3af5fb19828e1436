// New DKIM signing configuration: the domain, and for whoever wants to choose them, keys and selectors.
import { Button, Divider, Spinner, Text, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { same } from '../../../parts/diff';
import { TextField } from '../../../parts/fields';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useUnsavedGuard } from '../../../parts/unsaved';
import { BLANK, creation, type DkimConfig, type Wanted } from './config';
import { KeySizeField, SignaturesField } from './KeyFields';
import { useWarnings, warningOf } from './warnings';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

interface Props {
  /** A domain that has none yet. */
  suggested: string;
  onCreated: (config: DkimConfig) => void;
  onClose: () => void;
}

export function NewConfig({ suggested, onCreated, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const warnings = useWarnings();
  const [start] = useState<Wanted>({ ...BLANK, DomainName: suggested });
  const [wanted, setWanted] = useState(start);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const mayLeave = useUnsavedGuard(!same(wanted, start) && !busy);

  const command = creation(wanted);
  const isEmpty = command.DomainName === '';
  const judged = useWhatIf('New-DkimSigningConfig', isEmpty ? null : command);
  const isForeign = judged.warnings.some((text) => warningOf(text) === 'notAccepted');
  const change = (part: Partial<Wanted>) => {
    setRefused(null);
    setWanted((before) => ({ ...before, ...part }));
  };
  const create = async () => {
    setTried(true);
    if (busy || isEmpty) return;
    setBusy(true);
    const domain = command.DomainName ?? '';
    try {
      const { objects } = await act('New-DkimSigningConfig', command, {
        done: t('dkim.created', { domain }),
        warning: warnings(domain),
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
    <Form
      problem={refused ?? judged.problem}
      messages={{ DomainName: tried && isEmpty ? t('common.required') : undefined }}
    >
      <ModalDialog
        title={t('dkim.newTitle')}
        onClose={() => void close()}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={() => void create()}>
              {t('common.save')}
            </Button>
            <Button onClick={() => void close()}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div
          className={styles.fields}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
            event.preventDefault();
            void create();
          }}
        >
          <Text>{t('dkim.newIntro')}</Text>
          <FormProblem />
          <TextField
            label={t('dkim.domain')}
            parameter="DomainName"
            required
            first
            code
            hint={
              isForeign
                ? t('dkim.notAccepted', { domain: command.DomainName ?? '' })
                : t('dkim.domainHint')
            }
            value={wanted.DomainName}
            onChange={(DomainName) => change({ DomainName })}
          />
          <Divider alignContent="start">{t('dkim.columns.keys')}</Divider>
          <SignaturesField
            value={wanted.Algorithms}
            onChange={(Algorithms) => change({ Algorithms })}
          />
          <KeySizeField value={wanted.KeySize} onChange={(KeySize) => change({ KeySize })} />
          <TextField
            label={t('dkim.selector1')}
            parameter="Selector1"
            code
            placeholder="relais1"
            hint={t('dkim.selectorsHint')}
            value={wanted.Selector1}
            onChange={(Selector1) => change({ Selector1 })}
          />
          <TextField
            label={t('dkim.selector2')}
            parameter="Selector2"
            code
            placeholder="relais2"
            value={wanted.Selector2}
            onChange={(Selector2) => change({ Selector2 })}
          />
        </div>
        <ShowCommand cmdlet="New-DkimSigningConfig" parameters={command} />
      </ModalDialog>
    </Form>
  );
}
