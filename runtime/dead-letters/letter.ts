/** Makes a dead letter of a command, on its way to the actor that keeps it. */
import type { ErrorCode } from '#ports/errors.ts';
import type { Tagged } from '#proto/codec.ts';
import { type DeadLettersCommand, deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { type AnyProtocol, toEnvelope } from '#runtime/envelopes.ts';
import type { Mail } from '#runtime/mail.ts';
import type { Posting } from '#runtime/outbox.ts';
import { refOf } from '#runtime/refs.ts';

export interface Death {
  readonly code: ErrorCode;
  readonly message: string;
  readonly atMs: number;
  readonly attempts: number;
  readonly nodeId: string;
}

export type DeadMail = Omit<Mail, 'settle' | 'crashes' | 'fresh'>;

/** @throws what the codec throws on a command that cannot be encoded. */
export function letterPosting(protocol: AnyProtocol, id: string, mail: DeadMail, death: Death): Posting {
  const { code, message, atMs, attempts, nodeId } = death;
  const envelope = toEnvelope(protocol, id, mail);
  const command: DeadLettersCommand = { type: 'KeepLetter', letter: { envelope, code, message, atMs, attempts } };
  return {
    protocol: deadLettersProtocol as AnyProtocol,
    id: deadLettersId(nodeId),
    command: command as Tagged,
    commandId: `dead:${refOf(protocol.kind, id)}:${mail.commandId}@${atMs}`,
    sender: `node:${nodeId}`,
    correlationId: mail.correlationId,
    causationId: mail.commandId,
  };
}

/** The id of a node's dead letters: its node id, without what an actor's id may not have. */
export function deadLettersId(nodeId: string): string {
  return nodeId.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 200);
}
