// What the cmdlets of this page give.
import type { Described } from '../../../api/outputs';
import type { TrackingRow } from './timeline';

export type TestMessage = Described['TestMessage'];

declare module '../../../api/outputs' {
  interface Outputs {
    'Get-MessageTrackingLog': TrackingRow;
  }
}
