// Address spaces: Type:Domain;Cost, of which only the domain is compulsory. The text after the last
// semicolon is the cost. Pure.

export interface Space {
  type: string;
  domain: string;
  cost: string;
}

export function spaceOf(text: string): Space {
  const parts = /^(?:([^:;]+):)?(.*?)(?:;([^;]*))?$/s.exec(text);
  return { type: parts?.[1] ?? 'SMTP', domain: parts?.[2] ?? text, cost: parts?.[3] ?? '1' };
}

export function spaceText({ type, domain, cost }: Space): string {
  const kind = type.trim();
  return `${/^smtp$/i.test(kind) ? 'SMTP' : kind}:${domain.trim()};${cost.trim()}`;
}

/** Whether it is a whole number from 1 to 100. */
export function isCost(text: string): boolean {
  return /^\d{1,3}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 100;
}

/** The lowest cost among address spaces. */
export function lowestCost(spaces: readonly string[]): number | null {
  const costs = spaces.map((space) => Number(spaceOf(space).cost)).filter(Number.isFinite);
  return costs.length > 0 ? Math.min(...costs) : null;
}
