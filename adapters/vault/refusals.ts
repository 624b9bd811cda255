/** What a vault refuses, wherever it keeps its contacts. */
import { FatalError } from '#ports/errors.ts';

/** No contact of that id: it never was, or was erased. */
export function unknownContact(contactId: string): FatalError {
  return new FatalError(
    'VAULT_CONTACT_UNKNOWN',
    `The vault holds no contact ${contactId}: it never did, or the contact was erased; import the person again if need be.`,
  );
}

/** A vault that was made with another secret; `place` says which vault. */
export function wrongKey(place: string): FatalError {
  return new FatalError(
    'VAULT_KEY_WRONG',
    `The vault ${place} was made with another secret than the configured one; configure that secret again.`,
  );
}
