// What binds fields to the server's rules. A form hands down the server's refusal (from useWhatIf or
// from saving) and the page's own immediate messages; each field shows what concerns its parameter.
// A refusal about a parameter that no shown field has is shown by FormProblem.
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import type { Problem } from '../api/problem';
import { ErrorPanel } from './ErrorPanel';

interface Form {
  problem: Problem | null;
  messages: Readonly<Record<string, string | undefined>>;
  shown: readonly string[];
  show: (parameter: string) => () => void;
}

const Context = createContext<Form>({
  problem: null,
  messages: {},
  shown: [],
  show: () => () => undefined,
});

interface Props {
  problem?: Problem | null;
  /** By parameter; these go before the server's. */
  messages?: Readonly<Record<string, string | undefined>>;
  children: ReactNode;
}

export function Form({ problem = null, messages = {}, children }: Props): ReactElement {
  const [shown, setShown] = useState<readonly string[]>([]);
  const show = useMemo(
    () => (parameter: string) => {
      const name = parameter.toLowerCase();
      setShown((before) => [...before, name]);
      return () =>
        setShown((before) => {
          const at = before.indexOf(name);
          return before.filter((_, index) => index !== at);
        });
    },
    [],
  );
  const form = useMemo(
    () => ({ problem, messages, shown, show }),
    [problem, messages, shown, show],
  );
  return <Context value={form}>{children}</Context>;
}

/** What a field says about its parameter, or about one of several that it stands for. */
export function useMessage(parameter: string | readonly string[] | undefined): string | undefined {
  const { problem, messages, show } = useContext(Context);
  const key = typeof parameter === 'object' ? parameter.join(' ') : (parameter ?? '');
  useEffect(() => {
    const hide = names(key).map(show);
    return () => hide.forEach((one) => one());
  }, [key, show]);
  const own = names(key).map((name) => messages[name]);
  const first = own.find((message) => message !== undefined);
  if (first !== undefined) return first;
  const refused = problem?.parameter?.toLowerCase();
  return names(key).some((name) => name.toLowerCase() === refused) ? problem?.message : undefined;
}

function names(key: string): string[] {
  return key.split(' ').filter(Boolean);
}

/** The refusal that no field shows. */
export function FormProblem(): ReactElement | null {
  const { problem, shown } = useContext(Context);
  if (!problem) return null;
  if (problem.parameter !== undefined && shown.includes(problem.parameter.toLowerCase()))
    return null;
  return <ErrorPanel problem={problem} />;
}
