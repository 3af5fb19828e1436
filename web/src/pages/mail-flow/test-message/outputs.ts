// What the cmdlets of this page give.
import type { TrackingRow } from './timeline';

export interface TestMessage {
  /** The number of the message on the server. */
  Identity: string;
  InternetMessageId: string;
  From: string;
  To: string;
  Subject: string;
  Date: string;
}

declare module '../../../api/outputs' {
  interface Outputs {
    'Get-MessageTrackingLog': TrackingRow;
    'Send-TestMessage': TestMessage;
  }
}
