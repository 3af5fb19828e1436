// Who is signed in. The cookie is the browser's affair (HttpOnly); the page keeps whoami and the
// CSRF token, in memory. When the session ends while the page is open, the phase becomes 'ended':
// the page stays as it is, the frame asks for the password, and waiting requests go on after it.
import { useSyncExternalStore } from 'react';
import { Problem, asProblem } from './problem';
import { onSessionEnd, send, setCsrf } from './request';

/** What the server tells about the person and itself. */
export interface WhoAmI {
  user: string;
  roleGroups: string[];
  cmdlets: string[];
  server: string;
  submission?: { host: string; port: number } | null;
  relay?: { host: string; port: number } | null;
  csrf: string;
  sandbox: boolean;
  version: string;
  language: string | null;
  address: string | null;
  idleExpires: string;
  expires: string;
}

export type Session =
  | { phase: 'starting' }
  | { phase: 'unreachable'; problem: Problem }
  | { phase: 'out' }
  | { phase: 'in' | 'ended'; who: WhoAmI };

let session: Session = { phase: 'starting' };
const listeners = new Set<() => void>();
let waiting: { promise: Promise<void>; done: () => void; failed: (p: Problem) => void } | null =
  null;

function become(next: Session): void {
  session = next;
  setCsrf('who' in next ? next.who.csrf : null);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => session);
}

/** Whoami of the person signed in; only to be used below the frame, where somebody is. */
export function useWhoAmI(): WhoAmI {
  const now = useSession();
  if (!('who' in now)) throw new Error('nobody is signed in');
  return now.who;
}

/** Asks whether the browser still has a session. */
export async function resume(): Promise<void> {
  try {
    const response = await send('GET', 'api/v1/session', { once: true });
    become({ phase: 'in', who: (await response.json()) as WhoAmI });
  } catch (error) {
    const problem = asProblem(error);
    become(problem.status === 401 ? { phase: 'out' } : { phase: 'unreachable', problem });
  }
}

/** Signs in; throws the refusal. */
export async function signIn(user: string, password: string): Promise<void> {
  const body = { user, password };
  const response = await send('POST', 'api/v1/session', { body, once: true });
  become({ phase: 'in', who: (await response.json()) as WhoAmI });
  waiting?.done();
  waiting = null;
}

/** Signs out, as far as the server can be reached. */
export async function signOut(): Promise<void> {
  await send('DELETE', 'api/v1/session', { once: true }).catch(() => undefined);
  leave();
}

/** Gives up an ended session: the sign-in page comes, what was typed is lost. */
export function leave(): void {
  waiting?.failed(new Problem(401, 'Signed out.', { id: 'session' }));
  waiting = null;
  become({ phase: 'out' });
}

onSessionEnd(() => {
  if (session.phase === 'in') become({ phase: 'ended', who: session.who });
  if (session.phase !== 'ended') {
    return Promise.reject(new Problem(401, 'Signed out.', { id: 'session' }));
  }
  if (!waiting) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    waiting = { promise, done: resolve, failed: reject };
  }
  return waiting.promise;
});
