// Shortcuts of a single key. A page registers its own with useShortcuts; the list behind `?` shows
// what works at the moment. They do nothing while somebody types or a dialog is open, and can be
// switched off (WCAG 2.1.4).
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { remember, remembered } from './preferences';

export interface Shortcut {
  key: string;
  text: string;
  run: () => void;
}

let shortcuts: readonly Shortcut[] = [];
let enabled = remembered('single-keys') !== 'off';
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The shortcuts that work now. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => shortcuts);
}

export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(subscribe, () => enabled);
  return [
    on,
    (next) => {
      enabled = next;
      remember('single-keys', next ? 'on' : 'off');
      tell();
    },
  ];
}

/** Makes shortcuts work as long as the component is there; later ones win over earlier ones. */
export function useShortcuts(list: readonly Shortcut[]): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const shape = JSON.stringify(list.map(({ key, text }) => [key, text]));
  useEffect(() => {
    const mine = (JSON.parse(shape) as [string, string][]).map(([key, text]) => ({
      key,
      text,
      run: () => latest.current.find((one) => one.key === key)?.run(),
    }));
    shortcuts = [...shortcuts, ...mine];
    tell();
    return () => {
      shortcuts = shortcuts.filter((one) => !mine.includes(one));
      tell();
    };
  }, [shape]);
}

/** Begins to listen; to be called once. */
export function startShortcuts(): void {
  window.addEventListener('keydown', (event) => {
    if (!enabled || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey)
      return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('input, textarea, select, [contenteditable], [role=dialog], [role=menu]')) {
      return;
    }
    const shortcut = shortcuts.findLast((one) => one.key === event.key);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  });
}
