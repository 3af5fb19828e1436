// The edit dialog: General, Delivery, Scoping, Advanced. Only what was changed is sent, on condition that
// the connector still is what was shown; when it is not, the differences are shown to decide.
import { Button, Spinner, Tab, TabList, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { asProblem, type Problem } from '../../../api/problem';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { differences, merge } from '../../../parts/diff';
import { ConflictDialog } from '../../../parts/ConflictDialog';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
import { useUnsavedGuard } from '../../../parts/unsaved';
import { changes, settingsOf, type SendConnector, type Settings } from './connector';
import { TABS, TabContent, tabOf, type TabId } from './EditTabs';
import { broken } from './rules';
import { useSettingTexts } from './setting-texts';

const useStyles = makeStyles({
  split: {
    display: 'grid',
    gridTemplateColumns: '150px minmax(0, 1fr)',
    columnGap: '20px',
    minHeight: '420px',
    alignItems: 'start',
    '@media (max-width: 640px)': { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: '12px' },
  },
  panel: { display: 'flex', flexDirection: 'column', rowGap: '14px', minWidth: 0 },
});

interface Props {
  connector: SendConnector;
  onClose: () => void;
}

export function EditConnector({ connector, onClose }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const texts = useSettingTexts();
  const [base, setBase] = useState(connector);
  const [mine, setMine] = useState(() => settingsOf(connector));
  const [tab, setTab] = useState<TabId>('general');
  const [theirs, setTheirs] = useState<SendConnector | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const before = settingsOf(base);
  const given = changes(before, mine);
  const dirty = Object.keys(given).length > 0;
  const command = { Identity: base.Name, ...given };
  const wrong = broken(mine, before.UserName);
  const sound = Object.keys(wrong).length === 0;
  const { problem } = useWhatIf('Set-SendConnector', dirty && sound ? command : null);
  const mayLeave = useUnsavedGuard(dirty && !busy);
  const messages = Object.fromEntries(Object.entries(wrong).map(([name, text]) => [name, t(text)]));

  const change = (part: Partial<Settings>) => {
    setRefused(null);
    setMine((present) => ({ ...present, ...part }));
  };
  const close = async () => {
    if (await mayLeave()) onClose();
  };
  const save = async (from: SendConnector, wanted: Settings) => {
    const part = changes(settingsOf(from), wanted);
    setBusy(true);
    try {
      if (Object.keys(part).length > 0) {
        await act(
          'Set-SendConnector',
          { Identity: from.Name, ...part },
          {
            ifMatch: from.ObjectVersion,
            done: t('sendConnectors.saved', { name: wanted.Name }),
          },
        );
      }
      onClose();
    } catch (error) {
      const failed = asProblem(error);
      setBusy(false);
      if (failed.status === 412) return showConflict(failed);
      setRefused(failed);
      const at = tabOf(failed.parameter);
      if (at) setTab(at);
    }
  };
  const showConflict = async (changed: Problem) => {
    try {
      const { objects } = await run('Get-SendConnector', { Identity: base.Guid });
      setTheirs(objects[0] ?? null);
      if (!objects[0]) setRefused(changed);
    } catch (error) {
      setRefused(asProblem(error));
    }
  };
  const trySave = () => {
    if (busy) return;
    const [first] = Object.keys(wrong);
    if (first === undefined) void save(base, mine);
    else setTab(tabOf(first) ?? tab);
  };
  const probe = (part: Partial<Settings>) =>
    ({
      cmdlet: 'Set-SendConnector',
      parameters: { Identity: base.Name, ...changes(before, { ...mine, ...part }) },
    }) as const;

  return (
    <Form problem={refused ?? problem} messages={messages}>
      <ModalDialog
        title={base.Name}
        size="large"
        onClose={() => void close()}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={trySave}>
              {t('common.save')}
            </Button>
            <Button onClick={() => void close()}>{t('common.cancel')}</Button>
          </>
        }
      >
        <div className={styles.split}>
          <TabList
            vertical
            selectedValue={tab}
            onTabSelect={(_, data) => setTab(data.value as TabId)}
          >
            {TABS.map((one) => (
              <Tab key={one} value={one} id={`tab-${one}`} aria-controls="connector-panel">
                {t(`sendConnectors.tabs.${one}`)}
              </Tab>
            ))}
          </TabList>
          <div
            className={styles.panel}
            role="tabpanel"
            id="connector-panel"
            aria-labelledby={`tab-${tab}`}
          >
            <FormProblem />
            <TabContent
              tab={tab}
              settings={mine}
              change={change}
              probe={probe}
              stored={before.UserName}
            />
          </div>
        </div>
        <ShowCommand cmdlet="Set-SendConnector" parameters={command} />
      </ModalDialog>
      {theirs && (
        <ConflictDialog
          name={base.Name}
          differences={differences({ ...before }, { ...mine }, { ...settingsOf(theirs) }).filter(
            ({ property }) => property !== 'Password',
          )}
          labelOf={texts.labelOf}
          show={texts.show}
          onTakeTheirs={() => {
            setBase(theirs);
            setMine(settingsOf(theirs));
            setTheirs(null);
          }}
          onApplyMine={() => {
            const merged = merge(before, mine, settingsOf(theirs));
            setBase(theirs);
            setMine(merged);
            setTheirs(null);
            void save(theirs, merged);
          }}
          onClose={() => setTheirs(null)}
        />
      )}
    </Form>
  );
}
