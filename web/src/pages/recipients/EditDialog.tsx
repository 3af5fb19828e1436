// The frame of the dialogs that edit recipients: tabs at the side, what stands on the chosen one, the commands
// that would run, Save, Cancel.
import {
  Button,
  MessageBar,
  MessageBarBody,
  Spinner,
  Tab,
  TabList,
  makeStyles,
} from '@fluentui/react-components';
import { useId, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/problem';
import { Form, FormProblem } from '../../parts/form';
import { ModalDialog } from '../../parts/ModalDialog';
import { ShowCommand, type Command } from '../../parts/ShowCommand';

const useStyles = makeStyles({
  split: {
    display: 'grid',
    gridTemplateColumns: '212px minmax(0, 1fr)',
    columnGap: '20px',
    minHeight: '420px',
    alignItems: 'start',
    '@media (max-width: 640px)': { gridTemplateColumns: 'minmax(0, 1fr)', rowGap: '12px' },
  },
  // The room that is kept for bold letters stays at the end.
  tab: { '& .fui-Tab__content': { justifySelf: 'start', textAlign: 'start' } },
  panel: { display: 'flex', flexDirection: 'column', rowGap: '14px', minWidth: 0 },
});

interface Props<Id extends string> {
  title: string;
  /** What an LDAP directory says of it is changed there. */
  isFromLdap: boolean;
  /** One after the other; a dialog with a single one shows no tabs. */
  tabs: readonly { id: Id; title: string }[];
  tab: Id;
  onTab: (tab: Id) => void;
  problem: Problem | null;
  messages: Readonly<Record<string, string | undefined>>;
  commands: readonly [Command, ...Command[]];
  busy: boolean;
  /** What it is busy with, where that can be told. */
  progress?: string | undefined;
  onSave: () => void;
  onClose: () => void;
  /** Stands over the dialog when somebody else was faster. */
  conflict: ReactElement | null;
  children: ReactNode;
}

export function EditDialog<Id extends string>(props: Props<Id>): ReactElement {
  const { title, tabs, tab, onTab, problem, messages, busy, onSave, onClose } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const id = useId();
  const [first, ...then] = props.commands;
  const panel = (
    <>
      <FormProblem />
      {props.isFromLdap && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{t('recipients.fromLdapHint')}</MessageBarBody>
        </MessageBar>
      )}
      {props.children}
    </>
  );
  return (
    <Form problem={problem} messages={messages}>
      <ModalDialog
        title={title}
        size={tabs.length > 1 ? 'large' : 'medium'}
        onClose={onClose}
        footer={
          <>
            {busy && <Spinner size="tiny" label={props.progress ?? t('common.saving')} />}
            <Button appearance="primary" disabledFocusable={busy} onClick={onSave}>
              {t('common.save')}
            </Button>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
          </>
        }
      >
        {tabs.length > 1 ? (
          <div className={styles.split}>
            <TabList
              vertical
              selectedValue={tab}
              onTabSelect={(_, data) => onTab(data.value as Id)}
            >
              {tabs.map((one) => (
                <Tab
                  key={one.id}
                  value={one.id}
                  className={styles.tab}
                  id={`${id}-${one.id}`}
                  aria-controls={`${id}-panel`}
                >
                  {one.title}
                </Tab>
              ))}
            </TabList>
            <div
              className={styles.panel}
              role="tabpanel"
              id={`${id}-panel`}
              aria-labelledby={`${id}-${tab}`}
            >
              {panel}
            </div>
          </div>
        ) : (
          <div className={styles.panel}>{panel}</div>
        )}
        <ShowCommand {...first} then={then} />
      </ModalDialog>
      {props.conflict}
    </Form>
  );
}
