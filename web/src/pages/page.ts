// What a page is to the frame: where it stands, who may see it, how it is loaded.
import type { ComponentType } from 'react';
import type { CmdletName } from '../api/cmdlets';
import type Texts from '../texts/en';

export type AreaId = 'dashboard' | 'recipients' | 'mail-flow' | 'servers' | 'sandbox';

export interface Page {
  /** The entry of the feature pane it belongs to. */
  area: AreaId;
  /** Its tab, and the second part of its address: #/area/tab. */
  tab: string;
  /** Its name: texts.<section>.title. */
  title: `${PagesWithTitle}.title`;
  /** All of these the person must be allowed to run; otherwise the page is not offered. */
  needs: readonly CmdletName[];
  /** Only where the server runs with --sandbox. */
  sandboxOnly?: boolean;
  load: () => Promise<{ default: ComponentType }>;
}

type PagesWithTitle = {
  [K in keyof typeof Texts]: 'title' extends keyof (typeof Texts)[K] ? K : never;
}[keyof typeof Texts];
