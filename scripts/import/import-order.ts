/** What the thread of an import is told, and what it tells. */
import type { CommonOptions } from '#scripts/commands/options.ts';

export interface ImportOptions extends CommonOptions {
  readonly campaign?: string;
  readonly report?: string;
}

export interface ImportOrder {
  readonly list: string;
  readonly options: ImportOptions;
}

/** An error as another thread can take it: a coded one is for people, any other for us. */
export interface ImportFailure {
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
}
