// What the cmdlets of queues and messages give.

export interface Queue {
  Identity: string;
  NextHopDomain: string;
  NextHopConnector: string;
  NextHopCategory: string;
  DeliveryType: string;
  Status: string;
  MessageCount: number;
  DeferredMessageCount: number;
  /** High, Normal, Low, None: as PriorityDescriptions says. */
  MessageCountsPerPriority: number[];
  DeferredMessageCountsPerPriority: number[];
  PriorityDescriptions: string[];
  LastError: string | null;
  LastRetryTime: string | null;
  NextRetryTime: string | null;
  FirstRetryTime: string | null;
  RetryCount: number;
  IncomingRate: number;
  OutgoingRate: number;
  Velocity: number;
  TlsDomain: string | null;
}

export interface MessageRecipient {
  Address: string;
  Type: string;
  FinalDestination: string;
  Status: string;
  LastError: string | null;
}

export interface Message {
  Identity: string;
  FromAddress: string;
  Subject: string | null;
  Status: string;
  Queue: string;
  Size: string;
  MessageSourceName: string | null;
  SourceIP: string | null;
  SCL: number | null;
  DateReceived: string;
  ExpirationTime: string;
  InternetMessageId: string | null;
  LastError: string | null;
  RetryCount: number;
  Priority: string;
  DeferReason: string;
  /** Only with IncludeRecipientInfo. */
  Recipients: MessageRecipient[] | null;
}

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
    'Get-Queue': Queue;
    'Get-Message': Message;
    'Get-QueueAction': QueueAction;
    'Export-Message': ExportedMessage;
  }
}
