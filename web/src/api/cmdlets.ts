// Runs cmdlets: POST api/v1/cmdlets/<Name>. Names and types of parameters come from the server's
// description (schema.d.ts), those of objects too (outputs.ts). Warnings and the What-if text come back
// beside the objects.
import type { OutputOf } from './outputs';
import { send, type RequestOptions } from './request';
import type { operations } from './schema';

/** The cmdlets that the description knows. */
export type CmdletName = Extract<keyof operations, `${string}-${string}`>;

/** The parameters of a cmdlet. */
export type Parameters<Name extends CmdletName> = Name extends keyof operations
  ? operations[Name] extends {
      requestBody?: { content: { 'application/json': infer Body } };
    }
    ? Body
    : Record<string, unknown>
  : Record<string, unknown>;

export interface Answer<Name extends CmdletName> {
  objects: OutputOf<Name>[];
  warnings: string[];
  whatIf: string | null;
}

export type RunOptions = Pick<RequestOptions, 'ifMatch' | 'passive' | 'signal'>;

/** Runs a cmdlet; a refusal is thrown as a Problem. */
export async function run<Name extends CmdletName>(
  name: Name,
  parameters: Parameters<Name>,
  options: RunOptions = {},
): Promise<Answer<Name>> {
  const response = await send('POST', `api/v1/cmdlets/${name}`, { body: parameters, ...options });
  return {
    objects: (await response.json()) as OutputOf<Name>[],
    warnings: texts(response.headers.get('Relais-Warning')),
    whatIf: texts(response.headers.get('Relais-What-If'))[0] ?? null,
  };
}

/** Percent-encoded texts of a header that may stand there several times. */
function texts(header: string | null): string[] {
  return header ? header.split(',').map((text) => decodeURIComponent(text.trim())) : [];
}
