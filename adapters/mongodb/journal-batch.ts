/** What became of a batch that was sent: which of its documents are there, and which are not known to be. */
import { MongoBulkWriteError } from 'mongodb';
import { duplicateKey } from './failure.ts';

export type Sent =
  /** All documents are there and durable. */
  | { readonly type: 'kept' }
  /** Those before `at` are; a key of that one is taken, and none of those after it was tried. */
  | { readonly type: 'taken'; readonly at: number }
  /** Those before `at` are; that one was refused, and none of those after it was tried. */
  | { readonly type: 'refused'; readonly at: number; readonly error: unknown }
  /** Each may be there, or come to be there later. */
  | { readonly type: 'unknown'; readonly error: unknown };

export const kept: Sent = { type: 'kept' };

/** What an ordered insert that failed has done. */
export function failedInsert(error: unknown): Sent {
  // Where no majority has acknowledged it, also what stands before the refused document may be lost again.
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) return { type: 'unknown', error };
  const [failed] = [error.writeErrors].flat();
  if (!failed) return { type: 'unknown', error };
  // The error has the code and the words of the first document that failed, and an ordered insert has no second.
  return failed.code === duplicateKey
    ? { type: 'taken', at: failed.index }
    : { type: 'refused', at: failed.index, error };
}
