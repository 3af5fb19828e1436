// The addresses of a mailbox or group: one that its mail bears (the reply address), and others at which it
// also receives. Pure.

export interface Addresses {
  PrimarySmtpAddress: string;
  /** The others, without the reply address. */
  EmailAddresses: string[];
}

/** An address being edited: its place in the list, or 'new'. */
export type Place = number | 'new';

export function addressesOf(object: Readonly<Addresses>): Addresses {
  const { PrimarySmtpAddress, EmailAddresses } = object;
  return {
    PrimarySmtpAddress,
    EmailAddresses: EmailAddresses.filter((one) => !isSame(one, PrimarySmtpAddress)),
  };
}

/** All of them, the reply address first. */
export function listed({ PrimarySmtpAddress, EmailAddresses }: Addresses): string[] {
  return [PrimarySmtpAddress, ...EmailAddresses];
}

/** With `address` at a place of the list, as the reply address or not; the former one stays among the others. */
export function put(all: Addresses, at: Place, address: string, reply: boolean): Addresses {
  const list = listed(all);
  const index = at === 'new' ? list.length : at;
  list[index] = address;
  const first = reply ? index : 0;
  return {
    PrimarySmtpAddress: list[first] ?? address,
    EmailAddresses: list.toSpliced(first, 1),
  };
}

/** Without what stands at a place; the reply address stays. */
export function drop(all: Addresses, at: number): Addresses {
  return at === 0 ? all : { ...all, EmailAddresses: all.EmailAddresses.toSpliced(at - 1, 1) };
}

export function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
