// Questions before something is done: `await confirm({...})` is true for yes. One question at a time,
// asked by a provider in the frame, so that any part may ask.
import {
  Suspense,
  createContext,
  lazy,
  useCallback,
  useContext,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import type { Question } from './question';

const QuestionDialog = lazy(() => import('./QuestionDialog'));

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
  const decide = (yes: boolean) => {
    setAsked(null);
    asked?.answer(yes);
  };
  return (
    <Context value={ask}>
      {children}
      <Suspense>{asked && <QuestionDialog question={asked.question} onDecide={decide} />}</Suspense>
    </Context>
  );
}
