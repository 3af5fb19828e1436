// One place where requests leave: language, CSRF token (kept in memory only), passive mark, and what
// happens when the session has ended meanwhile: the request waits until somebody has signed in again
// and is then sent once more, so that nothing that was typed is lost.
import { isSomebodyThere } from './activity';
import { address } from './base';
import { Problem, problemOf } from './problem';

/** What a request may carry besides its path. */
export interface RequestOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** The version the object must still have. */
  ifMatch?: number | undefined;
  /** Does not count as activity of the person. */
  passive?: boolean;
  signal?: AbortSignal | undefined;
  /** Does not wait for a new sign-in when the session has ended. */
  once?: boolean;
}

let csrf: string | null = null;
let language = 'en';
let renew: (() => Promise<void>) | null = null;

export function setCsrf(token: string | null): void {
  csrf = token;
}

/** The language problems are told in. */
export function setRequestLanguage(tag: string): void {
  language = tag;
}

/** What is called when the session has ended; resolves when there is a new one. */
export function onSessionEnd(handler: () => Promise<void>): void {
  renew = handler;
}

/** Sends a request; a refusal is thrown as a Problem. */
export async function send(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const response = await attempt(method, path, options);
  if (response.status === 401 && !options.once && renew) {
    await renew();
    return checked(await attempt(method, path, options));
  }
  return checked(response);
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw await problemOf(response);
}

async function attempt(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': language });
  if (options.body !== undefined) headers.set('Content-Type', 'application/json');
  if (csrf !== null && method !== 'GET') headers.set('Relais-CSRF', csrf);
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`);
  if (options.passive || !isSomebodyThere()) headers.set('Relais-Passive', '1');
  try {
    return await fetch(address(path), {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, error instanceof Error ? error.message : String(error), { id: 'network' });
  }
}
