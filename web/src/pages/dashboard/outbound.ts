// Whether mail can leave the organization: what the Send connectors carry. Pure.

/** What is read of a Send connector. */
export interface ConnectorFacts {
  Name: string;
  Enabled: boolean;
  AddressSpaces: readonly string[];
}

export interface Outbound {
  /** Enabled, and for every domain. */
  internet: string[];
  /** For every domain, but disabled. */
  disabledInternet: string[];
  /** Enabled, for some domains only. */
  some: string[];
  enabled: number;
  disabled: number;
}

/** ‘SMTP:*;1’ is for every domain, and so is ‘*’. */
export function isForAll(space: string): boolean {
  return /^(?:smtp:)?\*(?:;\d+)?$/i.test(space.trim());
}

export function outboundOf(connectors: readonly ConnectorFacts[]): Outbound {
  const names = (list: readonly ConnectorFacts[]) => list.map(({ Name }) => Name);
  const enabled = connectors.filter(({ Enabled }) => Enabled);
  const disabled = connectors.filter(({ Enabled }) => !Enabled);
  const forAll = ({ AddressSpaces }: ConnectorFacts) => AddressSpaces.some(isForAll);
  return {
    internet: names(enabled.filter(forAll)),
    disabledInternet: names(disabled.filter(forAll)),
    some: names(enabled.filter((one) => !forAll(one))),
    enabled: enabled.length,
    disabled: disabled.length,
  };
}
