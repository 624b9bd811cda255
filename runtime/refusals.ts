/** The refusals that the runtime itself gives, as the values that a sender gets. */
import type { ErrorCode } from '#ports/errors.ts';
import type { Answered } from './actor.ts';

type Refusal = Extract<Answered<never>, { ok: false }>;

/** After this long a full mailbox is worth another try. */
const mailboxRetryMs = 100;

export function refusal(code: ErrorCode, message: string, retryAfterMs?: number): Refusal {
  return { ok: false, rejection: { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}

export function mailboxFull(ref: string): Refusal {
  return refusal(
    'MAILBOX_FULL',
    `${ref} has as many commands waiting as it takes; send it again later.`,
    mailboxRetryMs,
  );
}

export function kindUnknown(kind: string): Refusal {
  return refusal('ACTOR_KIND_UNKNOWN', `No node hosts actors of the kind ${kind}; start one that does.`);
}

/** Known by its protocol, so that a node with its role may be on its way. */
export function nobodyHosts(ref: string): Refusal {
  return refusal(
    'NODE_UNREACHABLE',
    `No node hosts ${ref} now; send the command again once one does, or start one with its role.`,
    1000,
  );
}

export function actorMoved(ref: string): Refusal {
  return refusal('ACTOR_MOVED', `${ref} went to another node; send the command again.`, 100);
}

export function idInvalid(kind: string): Refusal {
  return refusal(
    'ACTOR_ID_INVALID',
    `An id of a ${kind} is 1 to 200 letters, digits, dots, underscores and hyphens; correct it.`,
  );
}

/** It never left this node, and would not at another try either. */
export function commandTooLarge(ref: string): Refusal {
  return refusal(
    'COMMAND_TOO_LARGE',
    `The command for ${ref} is larger than what the bus carries; send less at a time.`,
  );
}

export function askTimeout(ref: string, timeoutMs: number): Refusal {
  return refusal(
    'ASK_TIMEOUT',
    `${ref} did not answer within ${timeoutMs} ms; it may still obey, so ask again under the same command id.`,
  );
}

export function nodeStopping(ref: string): Refusal {
  return refusal('NODE_STOPPING', `The node of ${ref} is stopping; send the command again once it is back.`, 1000);
}

export function nodeUnreachable(ref: string): Refusal {
  return refusal('NODE_UNREACHABLE', `The node of ${ref} cannot be reached; send the command again later.`, 1000);
}

export function commandUnreadable(ref: string): Refusal {
  return refusal(
    'COMMAND_UNREADABLE',
    `The node of ${ref} cannot read the command; run the same version on all nodes.`,
  );
}

const passing: ReadonlySet<string> = new Set<ErrorCode>([
  'ACTOR_MOVED',
  'ASK_TIMEOUT',
  'DISK_FULL',
  'JOURNAL_BROKEN',
  'JOURNAL_CLOSED',
  'JOURNAL_UNAVAILABLE',
  'MAILBOX_FULL',
  'NODE_STOPPING',
  'NODE_UNREACHABLE',
]);

/** Whether nobody knows that the command was taken, so that the same command may be sent again when things are better. */
export function isPassing(answered: Answered<unknown>): boolean {
  return !answered.ok && passing.has(answered.rejection.code);
}
