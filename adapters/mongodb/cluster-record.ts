/** One document says what a database is: the journal of which cluster, in which form. */
import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { FatalError, RetryableError } from '#ports/errors.ts';
import { isDuplicate } from './failure.ts';

/** The form of what this version writes. */
export const schemaVersion = 1;

/** The document; it is made once and never changed. */
export interface ClusterRecord {
  readonly _id: 'callboard';
  readonly schema: number;
  /** Random: tells two clusters apart that share a bus by mistake. */
  readonly clusterId: string;
  readonly createdAtMs: number;
}

/** A record that was refused as a duplicate may take a moment to be seen by a majority. */
const rounds = 20;

/**
 * Reads the record, or makes it; of several nodes that start at once one makes it and the others read it.
 * @throws JOURNAL_NEWER where a newer version of Callboard has written it.
 */
export async function readOrMakeRecord(db: Db, nowMs: number): Promise<ClusterRecord> {
  const records = db.collection<ClusterRecord>('meta');
  const ours: ClusterRecord = {
    _id: 'callboard',
    schema: schemaVersion,
    clusterId: randomUUID(),
    createdAtMs: nowMs,
  };
  for (let round = 0; round < rounds; round += 1) {
    const kept = await records.findOne({ _id: 'callboard' });
    if (kept) return checked(kept, db.databaseName);
    try {
      await records.insertOne(ours);
      return ours;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
  throw new RetryableError(
    'DATABASE_UNREACHABLE',
    `The MongoDB database ${db.databaseName} does not show what it holds; see that most of its servers are up.`,
  );
}

function checked(record: ClusterRecord, database: string): ClusterRecord {
  if (record.schema <= schemaVersion) return record;
  throw new FatalError(
    'JOURNAL_NEWER',
    `The MongoDB database ${database} was written by a newer version of Callboard (schema ${record.schema}, this one knows ${schemaVersion}); start that version, or name another database.`,
  );
}
