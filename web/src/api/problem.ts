// What the server answers when it refuses (application/problem+json), as an error. Failures that
// never reached the server become problems too (id 'network'), so that every part of the page has
// one kind of error to show: what happened, which rule, which parameter, what would be allowed.

/** A refusal. */
export class Problem extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Number of the rule ('SC-05'), or 'session', 'csrf', 'changed', 'network'. */
  readonly id: string | undefined;
  /** The parameter at fault. */
  readonly parameter: string | undefined;
  /** Its value, shortened. */
  readonly value: string | undefined;
  /** What would be accepted. */
  readonly allowed: string | undefined;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, more: Partial<Omit<Problem, keyof Error>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.id = more.id;
    this.parameter = more.parameter;
    this.value = more.value;
    this.allowed = more.allowed;
    this.retryAfter = more.retryAfter;
  }
}

/** The problem an answer tells. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
  const wait = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const detail = text('detail') ?? text('title') ?? `HTTP ${response.status}`;
  return new Problem(response.status, detail, {
    id: text('id'),
    parameter: text('parameter'),
    value: text('value'),
    allowed: text('allowed'),
    retryAfter: Number.isFinite(wait) ? wait : undefined,
  });
}

/** Any thrown thing as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, error instanceof Error ? error.message : String(error), { id: 'page' });
}
