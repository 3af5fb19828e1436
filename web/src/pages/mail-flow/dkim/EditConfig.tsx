// The edit dialog: what signs, in which form, and the date of a change of keys that is under way. To sign
// with more than before is refused until the DNS has its record, as enabling is.
import { Button, Spinner, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { useEditing } from '../../../parts/editing';
import { MomentField, SelectField } from '../../../parts/fields';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { isUnpublished } from './actions';
import { FORMS, changes, isRotating, settingsOf, type DkimConfig } from './config';
import { KeySizeField, SignaturesField } from './KeyFields';
import { RefusedDialog } from './RefusedDialog';
import { useSettingTexts } from './setting-texts';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

interface Props {
  config: DkimConfig;
  onRecords: (config: DkimConfig) => void;
  onClose: () => void;
}

export function EditConfig({ config, onRecords, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const texts = useSettingTexts();
  const [unpublished, setUnpublished] = useState(false);
  const domain = config.Domain;
  const { base, mine, given, dirty, busy, refused, change, save, close, conflict } = useEditing({
    object: config,
    name: ({ Domain }) => Domain,
    settingsOf,
    changes,
    send: (from, part) =>
      act(
        'Set-DkimSigningConfig',
        { Identity: domain, ...part },
        { ifMatch: from.ObjectVersion, done: t('dkim.saved', { domain }) },
      ),
    read: async () => (await run('Get-DkimSigningConfig', { Identity: config.Guid })).objects[0],
    onRefused: (problem) => setUnpublished(isUnpublished(problem)),
    onClose,
    ...texts,
  });
  const command = { Identity: domain, ...given };
  // Whether the DNS has the records is asked when it is saved, not at every change.
  const { problem } = useWhatIf(
    'Set-DkimSigningConfig',
    dirty ? { ...command, Force: true } : null,
  );
  return (
    <Form problem={(refused && !isUnpublished(refused) ? refused : null) ?? problem}>
      <ModalDialog
        title={t('dkim.editTitle', { domain })}
        onClose={close}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={save}>
              {t('common.save')}
            </Button>
            <Button onClick={close}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div className={styles.fields}>
          <FormProblem />
          <SignaturesField
            value={mine.Algorithms}
            onChange={(Algorithms) => change({ Algorithms })}
          />
          {(['HeaderCanonicalization', 'BodyCanonicalization'] as const).map((name) => (
            <SelectField
              key={name}
              label={t(name === 'HeaderCanonicalization' ? 'dkim.header' : 'dkim.body')}
              parameter={name}
              value={mine[name]}
              onChange={(form) => change({ [name]: form })}
              choices={FORMS.map((form) => ({ value: form, label: t(`dkim.forms.${form}`) }))}
            />
          ))}
          <KeySizeField later value={mine.KeySize} onChange={(KeySize) => change({ KeySize })} />
          {isRotating(base) && (
            <MomentField
              label={t('dkim.rotateOn')}
              parameter="RotateOnDate"
              hint={t('dkim.rotateOnChange')}
              value={mine.RotateOnDate}
              onChange={(RotateOnDate) => change({ RotateOnDate })}
            />
          )}
        </div>
        <ShowCommand cmdlet="Set-DkimSigningConfig" parameters={command} />
      </ModalDialog>
      {conflict}
      {unpublished && refused && (
        <RefusedDialog
          config={base}
          refusal={refused}
          given={given}
          done={t('dkim.saved', { domain })}
          onDone={onClose}
          onRecords={() => onRecords(base)}
          onClose={() => setUnpublished(false)}
        />
      )}
    </Form>
  );
}
