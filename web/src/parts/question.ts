// What somebody is asked before something is done.
import type { ReactNode } from 'react';

export interface Question {
  title: string;
  text?: ReactNode;
  /** Instead of Yes and No. */
  yes?: string;
  no?: string;
  /** Below the text: for instance a ShowCommand. */
  more?: ReactNode;
}
