// What the cmdlets of queues and messages give: mostly as described by the server.
import type { Described } from '../../../api/outputs';

export type Queue = Described['Queue'];
export type Message = Described['Message'];
export type MessageRecipient = Described['MessageRecipient'];

/** An action on many messages or queues. */
export interface QueueAction {
  Identity: string;
  Cmdlet: string;
  User: string;
  Filter: string;
  State: string;
  Matched: number;
  Done: number;
  Refused: number;
  Started: string;
  Ended: string | null;
  LastError: string | null;
}

export interface ExportedMessage {
  Identity: string;
  /** Base64. */
  FileData: string;
}

declare module '../../../api/outputs' {
  interface Outputs {
    'Get-QueueAction': QueueAction;
    'Export-Message': ExportedMessage;
  }
}
