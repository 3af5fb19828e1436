// What the cmdlets of the dashboard give.

/** A resource of the server; amounts as text with a unit, or as a number. */
export interface Pressure {
  Identity: string;
  Resource: string;
  Level: string;
  Value: string | number | null;
  Capacity: string | number | null;
  NewMail: string;
}

declare module '../../api/outputs' {
  interface Outputs {
    'Get-BackPressure': Pressure;
  }
}
