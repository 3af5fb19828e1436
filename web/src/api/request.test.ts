import { beforeEach, expect, it, vi } from 'vitest';
import { Problem } from './problem';
import { onSessionEnd, send, setCsrf, setRequestLanguage } from './request';

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const header = (call: number, name: string) =>
  new Headers(fetched.mock.calls[call]?.[1].headers).get(name);
const refused = (status: number, body: object, headers = {}) =>
  Response.json(body, { status, headers });

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('document', { baseURI: 'https://mail.example.com/relais/#/mail-flow' });
  setCsrf('token');
  setRequestLanguage('fr');
});

it('goes beside the document, with language, token and version', async () => {
  fetched.mockResolvedValue(Response.json([]));
  await send('POST', 'api/v1/cmdlets/Set-SendConnector', { body: {}, ifMatch: 7, passive: true });
  expect(fetched.mock.calls[0]?.[0]).toBe(
    'https://mail.example.com/relais/api/v1/cmdlets/Set-SendConnector',
  );
  expect(header(0, 'Accept-Language')).toBe('fr');
  expect(header(0, 'Relais-CSRF')).toBe('token');
  expect(header(0, 'If-Match')).toBe('"7"');
  expect(header(0, 'Relais-Passive')).toBe('1');
});

it('throws what the server refuses', async () => {
  const body = {
    detail: 'No.',
    id: 'SC-05',
    parameter: 'AddressSpaces',
    value: 'x;0',
    allowed: '1',
  };
  fetched.mockResolvedValue(refused(400, body, { 'Retry-After': '3' }));
  const problem = await send('GET', 'x').catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({
    id: 'SC-05',
    parameter: 'AddressSpaces',
    value: 'x;0',
    allowed: '1',
    message: 'No.',
    status: 400,
    retryAfter: 3,
  });
});

it('waits for a new session and sends once more, with the new token', async () => {
  fetched
    .mockResolvedValueOnce(refused(401, { id: 'session' }))
    .mockResolvedValueOnce(Response.json([]));
  onSessionEnd(async () => setCsrf('new'));
  await send('POST', 'x', { body: {} });
  expect(header(1, 'Relais-CSRF')).toBe('new');
  fetched.mockResolvedValueOnce(refused(401, { id: 'session' }));
  await expect(send('POST', 'x', { body: {}, once: true })).rejects.toMatchObject({ status: 401 });
});

it('tells a lost connection as a problem', async () => {
  fetched.mockRejectedValue(new TypeError('Failed to fetch'));
  await expect(send('GET', 'x')).rejects.toMatchObject({ id: 'network', status: 0 });
});
