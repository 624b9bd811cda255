/**
 * The errors that cross the rooms of the house. Each has a code that docs/errors.md explains; a test holds
 * the two together. Across nodes they travel as plain objects: match `code`, never `instanceof`.
 */

/** Every code there is. Add one here and in docs/errors.md. */
export const errorCodes = [
  'ACTOR_CRASHED',
  'ACTOR_ID_INVALID',
  'ACTOR_KIND_UNKNOWN',
  'ACTOR_MOVED',
  'ACTOR_UNKNOWN',
  'ASK_TIMEOUT',
  'BUS_REFUSED',
  'BUS_UNREACHABLE',
  'CLUSTER_EMPTY',
  'CLUSTER_MISMATCH',
  'COMMAND_TOO_LARGE',
  'COMMAND_UNREADABLE',
  'CONFIG_INVALID',
  'DATABASE_REFUSED',
  'DATABASE_TOO_OLD',
  'DATABASE_UNREACHABLE',
  'DIGITS_UNSENDABLE',
  'DISK_FULL',
  'JOURNAL_BROKEN',
  'JOURNAL_CLOSED',
  'JOURNAL_NEWER',
  'JOURNAL_UNAVAILABLE',
  'LAW_PROFILE_INVALID',
  'LAW_PROFILE_MISSING',
  'LAW_PROFILE_UNKNOWN',
  'LAW_SETTINGS',
  'LIST_EMPTY',
  'LIST_UNREADABLE',
  'MAILBOX_FULL',
  'MEDIA_UNAVAILABLE',
  'NODE_NAME_TAKEN',
  'NODE_STOPPING',
  'NODE_UNREACHABLE',
  'NOTE_UNUSABLE',
  'PHONE_UNKNOWN',
  'PORTS_EXHAUSTED',
  'PORT_IN_USE',
  'PROMPT_UNREADABLE',
  'RECORDING_UNWRITABLE',
  'SCENARIO_INVALID',
  'SERVICE_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'TEAM_INVALID',
  'TRANSFER_FAILED',
  'TRANSFER_REFUSED',
  'TRUNK_UNKNOWN',
  'TRUNK_UNREACHABLE',
  'VAULT_CONTACT_UNKNOWN',
  'VAULT_KEY_WRONG',
  'VERSION_CONFLICT',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What any error of the house looks like, also after it crossed a node. */
export interface CodedError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The outside failed: the same thing may work later, so the supervisor may try again. */
export class RetryableError extends Error implements CodedError {
  override readonly name = 'RetryableError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Trying again cannot help: a bug, a wrong file, a wrong key. */
export class FatalError extends Error implements CodedError {
  override readonly name = 'FatalError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether trying again may help. By name, because an error that crossed a node or a worker has lost its class. */
export function isRetryable(error: unknown): boolean {
  return (error as { name?: unknown } | null | undefined)?.name === 'RetryableError';
}

/** The code of anything thrown, or undefined where it is none of ours. */
export function codeOf(error: unknown): ErrorCode | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return errorCodes.find((known) => known === code);
}
