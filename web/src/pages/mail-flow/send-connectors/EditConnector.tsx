// The edit dialog: General, Delivery, Scoping, Advanced. Only what was changed is sent, on condition that
// the connector still is what was shown; when it is not, the differences are shown to decide.
import { Button, Spinner, Tab, TabList, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { run } from '../../../api/cmdlets';
import { useAction } from '../../../api/queries';
import { useWhatIf } from '../../../api/what-if';
import { useEditing } from '../../../parts/editing';
import { Form, FormProblem } from '../../../parts/form';
import { ModalDialog } from '../../../parts/ModalDialog';
import { ShowCommand } from '../../../parts/ShowCommand';
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
  const [tab, setTab] = useState<TabId>('general');
  const editing = useEditing({
    object: connector,
    name: ({ Name }) => Name,
    settingsOf,
    changes,
    send: (from, given, { Name }) =>
      act(
        'Set-SendConnector',
        { Identity: from.Name, ...given },
        { ifMatch: from.ObjectVersion, done: t('sendConnectors.saved', { name: Name }) },
      ),
    read: async () => (await run('Get-SendConnector', { Identity: connector.Guid })).objects[0],
    onRefused: ({ parameter }, wanted) => setTab((present) => tabOf(parameter, wanted) ?? present),
    onClose,
    ...texts,
    secret: ['Password', 'OAuthClientSecret'],
  });
  const { base, before, mine, given, dirty, busy, refused, change, close } = editing;
  const command = { Identity: base.Name, ...given };
  const wrong = broken(mine, before.UserName);
  const sound = Object.keys(wrong).length === 0;
  const { problem } = useWhatIf('Set-SendConnector', dirty && sound ? command : null);
  const messages = Object.fromEntries(Object.entries(wrong).map(([name, text]) => [name, t(text)]));

  const trySave = () => {
    const [first] = Object.keys(wrong);
    if (first === undefined) editing.save();
    else setTab(tabOf(first, mine) ?? tab);
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
        onClose={close}
        footer={
          <>
            {busy && <Spinner size="tiny" label={t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={trySave}>
              {t('common.save')}
            </Button>
            <Button onClick={close}>{t('common.cancel')}</Button>
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
      {editing.conflict}
    </Form>
  );
}
