// What every edit dialog of an object does: keeps what is typed apart from what was there, sends only
// what was changed, on condition that the object still is what was shown; when it is not, shows the
// differences to decide. Fields and buttons are the dialog's own.
import { useState, type ReactElement, type ReactNode } from 'react';
import { asProblem, type Problem } from '../api/problem';
import { ConflictDialog } from './ConflictDialog';
import { differences, merge } from './diff';
import { useUnsavedGuard } from './unsaved';

interface Options<Shown, Settings extends object, Given extends object> {
  object: Shown;
  name: (object: Shown) => string;
  settingsOf: (object: Shown) => Settings;
  /** The parameters for what was changed; empty when nothing was. */
  changes: (base: Settings, mine: Settings) => Given;
  /** Saves on top of `from`; a refusal is thrown. Where several commands are run and one is refused, `keep`
   *  is told the object as the others have left it, and what is still wanted. */
  send: (
    from: Shown,
    given: Given,
    mine: Settings,
    keep: (now: Shown, rest: Settings) => void,
  ) => Promise<unknown>;
  /** The object as it is now; undefined where it is gone. */
  read: () => Promise<Shown | undefined>;
  /** Told what saving was refused for, and what was to be saved. */
  onRefused?: (problem: Problem, mine: Settings) => void;
  onClose: () => void;
  /** How a setting and its value are shown where they differ. */
  labelOf: (setting: string) => string;
  show: (setting: string, value: unknown) => ReactNode;
  /** Settings that are never shown there. */
  secret?: readonly string[];
}

export interface Editing<Shown, Settings, Given> {
  /** As it was when editing began. */
  base: Shown;
  before: Settings;
  mine: Settings;
  given: Given;
  dirty: boolean;
  busy: boolean;
  refused: Problem | null;
  change: (part: Partial<Settings>) => void;
  save: () => void;
  close: () => void;
  /** Stands over the dialog when somebody else was faster. */
  conflict: ReactElement | null;
}

export function useEditing<Shown, Settings extends object, Given extends object>(
  options: Options<Shown, Settings, Given>,
): Editing<Shown, Settings, Given> {
  const { settingsOf, changes, onClose, onRefused } = options;
  const [base, setBase] = useState(options.object);
  const [mine, setMine] = useState(() => settingsOf(options.object));
  const [theirs, setTheirs] = useState<Shown | null>(null);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const before = settingsOf(base);
  const given = changes(before, mine);
  const dirty = Object.keys(given).length > 0;
  const mayLeave = useUnsavedGuard(dirty && !busy);

  const refuse = (problem: Problem) => {
    setRefused(problem);
    onRefused?.(problem, mine);
  };
  const keep = (now: Shown, rest: Settings) => {
    setBase(now);
    setMine(rest);
  };
  const save = async (from: Shown, wanted: Settings) => {
    const part = changes(settingsOf(from), wanted);
    setBusy(true);
    try {
      if (Object.keys(part).length > 0) await options.send(from, part, wanted, keep);
      onClose();
    } catch (error) {
      const problem = asProblem(error);
      setBusy(false);
      if (problem.status === 412) await showConflict(problem);
      else refuse(problem);
    }
  };
  const showConflict = async (changed: Problem) => {
    try {
      const now = await options.read();
      setTheirs(now ?? null);
      if (now === undefined) refuse(changed);
    } catch (error) {
      refuse(asProblem(error));
    }
  };
  const close = async () => {
    if (await mayLeave()) onClose();
  };
  const conflict = theirs && (
    <ConflictDialog
      name={options.name(base)}
      differences={differences(before, mine, settingsOf(theirs)).filter(
        ({ property }) => !options.secret?.includes(property),
      )}
      labelOf={options.labelOf}
      show={options.show}
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
  );
  return {
    base,
    before,
    mine,
    given,
    dirty,
    busy,
    refused,
    conflict,
    change: (part) => {
      setRefused(null);
      setMine((present) => ({ ...present, ...part }));
    },
    save: () => {
      if (!busy) void save(base, mine);
    },
    close: () => void close(),
  };
}
