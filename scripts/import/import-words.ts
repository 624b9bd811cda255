/** What an import tells from its thread. */
import { codeOf } from '#ports/errors.ts';
import type { RefusedRow } from '#ports/leads.ts';
import type { ListCount } from '#ports/list-reader.ts';

export type ImportTold =
  /** The row that it goes on after, and then each one that is stored with all before it. */
  | { readonly type: 'progress'; readonly row: number }
  | { readonly type: 'refused'; readonly rows: readonly RefusedRow[] }
  | { readonly type: 'read'; readonly count: ListCount }
  | { readonly type: 'failed'; readonly message: string; readonly code?: string; readonly stack: string };

/** An error, so that it can be told elsewhere; a coded one is for people, any other for us. */
export function toldOf(error: unknown): ImportTold {
  const { message, stack = message } = error as Error;
  const code = codeOf(error);
  return { type: 'failed', message, stack, ...(code ? { code } : {}) };
}
