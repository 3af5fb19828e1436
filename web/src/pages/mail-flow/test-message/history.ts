// The last tests of this browser session, the newest first. Kept in sessionStorage; where that is
// refused, as long as the page is open.
import { useSyncExternalStore } from 'react';

export interface Test {
  id: string;
  to: string;
  subject: string;
  at: string;
  /** What became of it, once that is known. */
  end?: 'delivered' | 'failed';
}

const KEY = 'relais.tests';
const MOST = 20;
const listeners = new Set<() => void>();
let tests: readonly Test[] = read();

function read(): readonly Test[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? (kept as Test[]) : [];
  } catch {
    return [];
  }
}

function become(next: readonly Test[]): void {
  tests = next;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Kept in memory then.
  }
  for (const listener of listeners) listener();
}

export function rememberTest(test: Test): void {
  become([test, ...tests.filter(({ id }) => id !== test.id)].slice(0, MOST));
}

export function rememberEnd(id: string, end: Test['end']): void {
  if (end && tests.some((test) => test.id === id && test.end !== end)) {
    become(tests.map((test) => (test.id === id ? { ...test, end } : test)));
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTests(): readonly Test[] {
  return useSyncExternalStore(subscribe, () => tests);
}
