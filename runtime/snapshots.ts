/**
 * A state with all that an activation needs to go on from it, as bytes. A cache: one that was damaged, or that is not of
 * the history in the journal, is none.
 */
import { deserialize, serialize } from 'node:v8';
import type { Journal, StoredSnapshot } from '#ports/journal.ts';
import { Answers } from './answers.ts';
import { same, sha256 } from './commits.ts';
import type { Replayed } from './replayed.ts';

interface SnapshotContent {
  readonly state: unknown;
  readonly hash: Uint8Array;
  readonly correlationId: string;
  /** Absent in those of older versions. */
  readonly node?: string;
  readonly answers: ReturnType<Answers['entries']>;
}

const checksumBytes = 32;

/** The content behind its SHA-256. */
export function toSnapshot(replayed: Replayed, schema: number): StoredSnapshot {
  const { state, hash, correlationId, node, answers, version } = replayed;
  const content: SnapshotContent = { state, hash, correlationId, node, answers: answers.entries() };
  const bytes = serialize(content);
  return { version, schema, bytes: Buffer.concat([sha256(bytes), bytes]) };
}

/** Undefined where the bytes are not what was saved, or the journal has another commit, or none, at its version. */
export async function believed(
  { version, bytes }: StoredSnapshot,
  stream: string,
  journal: Pick<Journal, 'read'>,
): Promise<Replayed | undefined> {
  const content = contentOf(bytes);
  const [commit] = await journal.read(stream, version - 1, 1);
  if (!content || commit?.version !== version || !same(commit.hash, content.hash)) return undefined;
  const { state, hash, correlationId, node = '', answers } = content;
  return { state, version, snapshotVersion: version, hash, correlationId, node, answers: new Answers(answers) };
}

function contentOf(bytes: Uint8Array): SnapshotContent | undefined {
  const content = bytes.subarray(checksumBytes);
  if (!same(sha256(content), bytes.subarray(0, checksumBytes))) return undefined;
  try {
    return deserialize(content) as SnapshotContent;
  } catch {
    return undefined;
  }
}
