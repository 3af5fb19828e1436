// Mail flow > Send connectors.
import type { ReactElement } from 'react';

export default function SendConnectors(): ReactElement {
  return <p>…</p>;
}
