/** A state with all that an activation needs to go on from it, as bytes. A cache: one that cannot be read is none. */
import { deserialize, serialize } from 'node:v8';
import type { StoredSnapshot } from '#ports/journal.ts';
import { Answers } from './answers.ts';
import type { Replayed } from './replayed.ts';

interface SnapshotContent {
  readonly state: unknown;
  readonly hash: Uint8Array;
  readonly correlationId: string;
  readonly answers: ReturnType<Answers['entries']>;
}

export function toSnapshot(replayed: Replayed, schema: number): StoredSnapshot {
  const { state, hash, correlationId, answers, version } = replayed;
  const content: SnapshotContent = { state, hash, correlationId, answers: answers.entries() };
  return { version, schema, bytes: serialize(content) };
}

/** Undefined where the snapshot is of another schema or cannot be read. */
export function fromSnapshot(snapshot: StoredSnapshot | undefined, schema: number): Replayed | undefined {
  if (!snapshot || snapshot.schema !== schema) return undefined;
  try {
    const { state, hash, correlationId, answers } = deserialize(snapshot.bytes) as SnapshotContent;
    const { version } = snapshot;
    return { state, version, snapshotVersion: version, hash, correlationId, answers: new Answers(answers) };
  } catch {
    return undefined;
  }
}
