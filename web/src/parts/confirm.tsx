// Questions before something is done: `await confirm({...})` is true for yes. One question at a time,
// asked by a provider in the frame, so that any part may ask.
import { Button, Text } from '@fluentui/react-components';
import {
  createContext,
  useCallback,
  useContext,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from './ModalDialog';

export interface Question {
  title: string;
  text?: ReactNode;
  /** Instead of Yes and No. */
  yes?: string;
  no?: string;
  /** Below the text: for instance a ShowCommand. */
  more?: ReactNode;
}

type Ask = (question: Question) => Promise<boolean>;
const Context = createContext<Ask>(() => Promise.resolve(false));

export function useConfirm(): Ask {
  return useContext(Context);
}

export function ConfirmProvider({ children }: { children: ReactNode }): ReactElement {
  const [asked, setAsked] = useState<{ question: Question; answer: (yes: boolean) => void } | null>(
    null,
  );
  const ask = useCallback<Ask>(
    (question) => new Promise((answer) => setAsked({ question, answer })),
    [],
  );
  const { t } = useTranslation();
  const decide = (yes: boolean) => {
    setAsked(null);
    asked?.answer(yes);
  };
  return (
    <Context value={ask}>
      {children}
      {asked && (
        <ModalDialog
          title={asked.question.title}
          size="small"
          alert
          onClose={() => decide(false)}
          footer={
            <>
              <Button appearance="primary" data-first="" onClick={() => decide(true)}>
                {asked.question.yes ?? t('common.yes')}
              </Button>
              <Button onClick={() => decide(false)}>{asked.question.no ?? t('common.no')}</Button>
            </>
          }
        >
          {asked.question.text !== undefined && <Text block>{asked.question.text}</Text>}
          {asked.question.more}
        </ModalDialog>
      )}
    </Context>
  );
}
