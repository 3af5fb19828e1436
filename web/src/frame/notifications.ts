// What happened: shown as a toast and kept in the list behind the bell until the window is closed. Any
// part may call notify; Toasts and NotificationList show it.
import { useSyncExternalStore } from 'react';

export type Kind = 'success' | 'info' | 'warning' | 'error';

export interface Notification {
  id: number;
  at: string;
  kind: Kind;
  title: string;
  body?: string;
  /** Still shown as a toast. */
  fresh: boolean;
}

export interface Notifications {
  list: readonly Notification[];
  unread: number;
}

const KEPT = 200;
const SHOWN = { success: 5000, info: 7000, warning: 15_000, error: 0 } as const;

let state: Notifications = { list: [], unread: 0 };
let next = 1;
const listeners = new Set<() => void>();

function become(changed: Notifications): void {
  state = changed;
  for (const listener of listeners) listener();
}

/** Says something; errors stay until they are dismissed. */
export function notify(said: { kind: Kind; title: string; body?: string }): void {
  const id = next++;
  const added = { ...said, id, at: new Date().toISOString(), fresh: true };
  become({ list: [added, ...state.list].slice(0, KEPT), unread: state.unread + 1 });
  const shown = SHOWN[said.kind];
  if (shown > 0) setTimeout(() => dismiss(id), shown);
}

/** Takes a toast away; the list keeps the notification. */
export function dismiss(id: number): void {
  const list = state.list.map((n) => (n.id === id ? { ...n, fresh: false } : n));
  become({ ...state, list });
}

export function markRead(): void {
  become({ ...state, unread: 0 });
}

export function clearNotifications(): void {
  become({ list: [], unread: 0 });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useNotifications(): Notifications {
  return useSyncExternalStore(subscribe, () => state);
}
