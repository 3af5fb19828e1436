// What the objects that cmdlets give look like: as the server's description says (schema.d.ts). What it
// does not describe, or a page knows better, the page adds by declaration merging:
//   declare module '../../../api/outputs' { interface Outputs { 'Get-QueueAction': QueueAction } }
import type { components, operations } from './schema';

/** The types of objects that the description knows. */
export type Described = components['schemas'];

/** An object of a cmdlet whose properties nobody has described. */
export type Row = Record<string, unknown>;

/** The objects by the name of the cmdlet, where they are not as described. */
export interface Outputs {}

type ByDescription<Name> = Name extends keyof operations
  ? operations[Name] extends {
      responses: { 200: { content: { 'application/json': (infer Output)[] } } };
    }
    ? Output extends Record<string, never>
      ? Row
      : Output
    : Row
  : Row;

export type OutputOf<Name extends string> = Name extends keyof Outputs
  ? Outputs[Name]
  : ByDescription<Name>;
