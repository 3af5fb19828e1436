// What the objects that cmdlets give look like. The server's description types parameters only; a
// page adds the properties it reads by declaration merging:
//   declare module '../../../api/outputs' { interface Outputs { 'Get-Queue': Queue } }

/** An object of a cmdlet whose properties nobody has described. */
export type Row = Record<string, unknown>;

/** What every directory object has. */
export interface DirectoryObject {
  Identity: string;
  Name: string;
  Guid: string;
  WhenChanged: string;
  WhenCreated: string;
  /** For If-Match; absent on older servers. */
  ObjectVersion?: number;
}

export interface Server extends DirectoryObject {
  Site: string;
  ServerRole: string;
  AdminDisplayVersion: string;
  Fqdn: string;
  IsHubTransportServer: boolean;
}

/** The objects by the name of the cmdlet. */
export interface Outputs {
  'Get-ExchangeServer': Server;
}

export type OutputOf<Name extends string> = Name extends keyof Outputs ? Outputs[Name] : Row;
