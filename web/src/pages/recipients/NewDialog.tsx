// The dialog for a new recipient: fields, the command, Save, Cancel. What would be refused is said while it
// is typed; when saving is refused, everything that was typed is still there.
import { Button, Spinner, makeStyles } from '@fluentui/react-components';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Parameters } from '../../api/cmdlets';
import { asProblem, type Problem } from '../../api/problem';
import { useAction } from '../../api/queries';
import { useWhatIf } from '../../api/what-if';
import { same } from '../../parts/diff';
import { Form, FormProblem } from '../../parts/form';
import { ModalDialog } from '../../parts/ModalDialog';
import { ShowCommand } from '../../parts/ShowCommand';
import { useUnsavedGuard } from '../../parts/unsaved';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', rowGap: '14px' },
});

type NewCmdlet = 'New-Mailbox' | 'New-DistributionGroup' | 'New-MailContact';

interface Props<Name extends NewCmdlet, Wanted extends object> {
  title: string;
  cmdlet: Name;
  blank: Wanted;
  creation: (wanted: Wanted) => Parameters<Name>;
  /** Parameters that the server is not asked about before saving. */
  unasked?: readonly string[];
  /** What is wrong on the face of it, by parameter. */
  broken: (wanted: Wanted) => Partial<Record<string, string>>;
  done: (wanted: Wanted) => string;
  onCreated: (guid: string) => void;
  onClose: () => void;
  children: (wanted: Wanted, change: (part: Partial<Wanted>) => void) => ReactNode;
}

export function NewDialog<Name extends NewCmdlet, Wanted extends object>(
  props: Props<Name, Wanted>,
): ReactElement {
  const { title, cmdlet, blank, creation, unasked = [], broken, done, onCreated, onClose } = props;
  const styles = useStyles();
  const { t } = useTranslation();
  const act = useAction();
  const [wanted, setWanted] = useState(blank);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const mayLeave = useUnsavedGuard(!same(wanted, blank) && !busy);

  const command = creation(wanted);
  const wrong = broken(wanted);
  const isSound = Object.keys(wrong).length === 0;
  const asked = Object.entries(command).filter(([name]) => !unasked.includes(name));
  const judged = useWhatIf(
    cmdlet,
    isSound ? (Object.fromEntries(asked) as Parameters<Name>) : null,
  );
  const change = (part: Partial<Wanted>) => {
    setRefused(null);
    setWanted((before) => ({ ...before, ...part }));
  };
  const create = async () => {
    setTried(true);
    if (busy || !isSound) return;
    setBusy(true);
    try {
      const { objects } = await act(cmdlet, command, { done: done(wanted) });
      const [created] = objects as { Guid: string }[];
      if (created) onCreated(created.Guid);
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
    <Form problem={refused ?? judged.problem} messages={tried ? wrong : {}}>
      <ModalDialog
        title={title}
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
          <FormProblem />
          {props.children(wanted, change)}
        </div>
        <ShowCommand cmdlet={cmdlet} parameters={command} />
      </ModalDialog>
    </Form>
  );
}
