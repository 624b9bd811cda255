/** Nodes that may not join say why in one sentence and end: processes on a real bus, with real databases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, oneSentence, startCallboard } from '#test/cli/callboard-process.ts';
import { mongodbUrl, natsUrl } from './services.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

const limitMs = 60_000;
/** Those that run into it have stayed. */
const patienceMs = 20_000;
let folder: string;
let databases: readonly TestDatabase[];
let first: ReturnType<typeof startNode>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-refused-'));
  databases = [await openTestDatabase(), await openTestDatabase()];
  first = startNode('first', nameOf(0));
  await first.until(/^ready first/m);
}, limitMs);
afterAll(async () => {
  first.kill('SIGTERM');
  await first.ended;
  await Promise.all(databases.map((database) => database.drop()));
  rmSync(folder, { recursive: true });
}, limitMs);

const nameOf = (number: number) => databases[number]?.db.databaseName ?? '';

function startNode(name: string, database: string) {
  return startCallboard(['--data', mkdtempSync(join(folder, 'node-')), 'node'], {
    env: {
      CALLBOARD_NODE_ID: name,
      CALLBOARD_CLUSTER: nameOf(0),
      CALLBOARD_ROLES: 'control',
      CALLBOARD_NATS_URL: natsUrl(),
      CALLBOARD_MONGODB_URL: mongodbUrl(),
      CALLBOARD_MONGODB_DATABASE: database,
      CALLBOARD_VAULT_SECRET: 'ab'.repeat(32),
      CALLBOARD_HTTP_PORT: '0',
    },
  });
}

async function ended(node: ReturnType<typeof startNode>): Promise<Ended> {
  const stayed = setTimeout(() => node.kill('SIGKILL'), patienceMs);
  try {
    return await node.ended;
  } finally {
    clearTimeout(stayed);
  }
}

describe('a node is refused', () => {
  test.each([
    ['under a name that is taken', 'first', 0, 'NODE_NAME_TAKEN'],
    ['with another database than the cluster', 'second', 1, 'CLUSTER_MISMATCH'],
  ] as const)(
    '%s, and lets go of the bus: %s',
    async (_, name, database, code) => {
      const { code: status, stdout, stderr } = await ended(startNode(name, nameOf(database)));
      expect([status, stdout, stderr]).toEqual([1, '', expect.stringMatching(oneSentence(code))]);
    },
    limitMs,
  );
});
