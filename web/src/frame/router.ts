// Addresses within the page: the URL's fragment, '#/mail-flow/send-connectors?select=To%20Internet',
// so that one document serves every page under any path prefix. A page with unsaved input can hold
// up a change of address (block); Back and Forward are then taken back until the person has decided.
import { useSyncExternalStore } from 'react';

export interface Route {
  path: string[];
  query: Record<string, string>;
}

/** Reads a fragment; never fails. */
export function parse(hash: string): Route {
  const text = hash.replace(/^#?\/?/, '');
  const [path = '', query = ''] = text.split(/\?(.*)/s);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** Writes a fragment; undefined values are left out. */
export function format(path: string[], query: Record<string, string | undefined> = {}): string {
  const there = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const text = new URLSearchParams(there).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

let route: Route = parse('');
let position = 0;
let arrived: (() => void) | null = null;
const listeners = new Set<() => void>();
const blocks = new Set<() => Promise<boolean>>();

/** Goes to an address made by format. */
export function navigate(hash: string, replace = false): void {
  if (hash === location.hash) return;
  if (!replace) location.hash = hash;
  else {
    history.replaceState({ position }, '', hash);
    show();
  }
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => route);
}

/** Until the returned function is called, changes of address need `allow` to say yes. */
export function block(allow: () => Promise<boolean>): () => void {
  blocks.add(allow);
  return () => blocks.delete(allow);
}

/** Begins to follow the address; to be called once. */
export function startRouter(): void {
  position = placed() ?? 0;
  history.replaceState({ position }, '');
  show();
  window.addEventListener('popstate', () => void moved());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function show(): void {
  route = parse(location.hash);
  for (const listener of listeners) listener();
}

/** The number of the present entry in the history, where we have numbered it. */
function placed(): number | undefined {
  return (history.state as { position?: number } | null)?.position;
}

async function moved(): Promise<void> {
  if (arrived) {
    arrived();
    arrived = null;
    return;
  }
  const target = placed() ?? position + 1;
  if (placed() === undefined) history.replaceState({ position: target }, '');
  const step = target - position;
  if (blocks.size > 0 && step !== 0) {
    await travel(-step);
    for (const allow of blocks) if (!(await allow())) return;
    await travel(step);
  }
  position = target;
  show();
}

/** Goes through the history without showing what is passed. */
function travel(step: number): Promise<void> {
  return new Promise((resolve) => {
    arrived = resolve;
    history.go(step);
  });
}
