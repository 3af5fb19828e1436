// What the browser remembers of a person: language, theme, columns. Small texts under one prefix;
// where storage is refused (private windows) the page works without memory.

type Name = 'language' | 'theme' | 'single-keys' | 'command' | `columns.${string}`;

export function remembered(name: Name): string | null {
  try {
    return localStorage.getItem(`relais.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: Name, value: string): void {
  try {
    localStorage.setItem(`relais.${name}`, value);
  } catch {
    // Not remembered then.
  }
}

export function forget(name: Name): void {
  try {
    localStorage.removeItem(`relais.${name}`);
  } catch {
    // There was nothing then.
  }
}
