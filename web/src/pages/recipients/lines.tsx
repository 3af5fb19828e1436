// Several texts as a fact of the details pane, one a line; without any there is no such fact.
import type { ReactNode } from 'react';

export function lines(texts: readonly string[]): ReactNode {
  return texts.length === 0 ? '' : texts.map((text) => <div key={text}>{text}</div>);
}
