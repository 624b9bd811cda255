/** Which errors of a store end the node, so that a person hears of them, instead of being tried again for ever. */
import { codeOf, type ErrorCode, isRetryable } from '#ports/errors.ts';

const ofStores: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'JOURNAL_BROKEN',
  'JOURNAL_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'VAULT_KEY_WRONG',
]);

/** A full disk, and a store that no trying again brings back. */
export function endsNode(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'DISK_FULL' || (ofStores.has(code) && !isRetryable(error));
}
