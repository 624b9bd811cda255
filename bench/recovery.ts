/**
 * What it takes to come back from the loss of a node: 20,000 calls on a process that is killed, another that takes them
 * over from the journal that both have, a third that asks for each of them until it is answered.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { eventsEach } from './recovery/calls.ts';
import { loseNode } from './recovery/lost-node.ts';
import type { BenchResult } from './result.ts';

const actors = 20_000;

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  try {
    return {
      name: 'recovery',
      figures: await loseNode({ actors, journal }),
      notes: [
        `${actors} calls in mid-talk, ${eventsEach} events each in 4 commits, no snapshots. Three processes and a nats-server on this machine.`,
        'The journal is in SQLite with the process that asks, which lends it to the nodes; with --mongodb it is the one that a cluster has.',
        'A node is lost after 3 s of silence. Each actor costs one question to the journal, for its commits.',
      ],
    };
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true });
  }
}
