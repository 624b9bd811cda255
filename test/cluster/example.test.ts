/** Nodes as a platform team starts them: processes on a real bus and a real database, calls to a real far side. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PracticeCarrier, startPracticeCarrier } from '#practice/start.ts';
import { createFleet, type Fleet } from '#scripts/cluster/fleet.ts';
import type { NodeProcess } from '#scripts/cluster/node-process.ts';
import { practiceLimits, practiceTrunk } from '#scripts/example-campaign.ts';
import { startCallboard } from '#test/cli/callboard-process.ts';
import { mongodbUrl, natsUrl } from './services.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

const limitMs = 240_000;
const root = join(import.meta.dirname, '..', '..');

let folder: string;
let database: TestDatabase;
let carrier: PracticeCarrier;
let fleet: Fleet;
let nodes: NodeProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-cluster-'));
  carrier = await startPracticeCarrier({ seed: 1, timeScale: 0.5 });
  database = await openTestDatabase();
  const name = database.db.databaseName;
  fleet = createFleet({
    folder,
    shared: {
      cluster: name,
      nats: { url: natsUrl() },
      mongodb: { url: mongodbUrl(), database: name },
      trunks: { [practiceTrunk]: { uri: carrier.uri, ...practiceLimits } },
    },
  });
  nodes = await Promise.all([1, 2, 3].map((number) => fleet.start(number)));
}, limitMs);

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await carrier.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
}, limitMs);

const callboard = (...args: string[]) =>
  startCallboard(['--config', fleet.configFile, '--data', join(folder, 'desk'), ...args]);

function recordingsOf(node: NodeProcess): number {
  const path = join(folder, node.name, 'recordings', 'example-1');
  return existsSync(path) ? readdirSync(path).length : 0;
}

describe('three nodes', () => {
  test('share the example campaign, keep its journal whole, and let no number into a log', async () => {
    const { code, stdout } = await callboard('dial').ended;
    expect(stdout).toMatch(/60 attempts, 60 of 60 leads have an outcome/);
    expect(stdout).not.toMatch(/unknown \d/);
    expect(code).toBe(0);
    expect(nodes.filter((node) => recordingsOf(node) > 0)).toHaveLength(3);
    expect(await callboard('verify').ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/every chain/) });
    const { stdout: history } = await callboard('replay', 'campaign/example-1').ended;
    expect(history).toMatch(/CampaignEnded/);
    expect(await callboard('rebuild', 'calls').ended).toMatchObject({ stdout: expect.stringMatching(/^calls: 60 /m) });
    const logs = nodes.map(({ name }) => readFileSync(join(folder, name, 'callboard.log'), 'utf8')).join('\n');
    expect(logs.length).toBeGreaterThan(0);
    for (const number of dialedNumbers()) expect(logs.includes(number)).toBe(false);
  }, 240_000);

  test('go on with the campaign while one leaves and comes again, and no call of it is lost', async () => {
    const dialing = callboard('dial');
    await dialing.until(/row \d+ .*row \d+ /s);
    const [leaving] = nodes;
    if (!leaving) throw new Error('There is no node.');
    await leaving.stop();
    nodes[0] = await fleet.start(1);
    const { code, stdout } = await dialing.ended;
    expect(stdout).toMatch(/60 attempts, 60 of 60 leads have an outcome/);
    expect(stdout).not.toMatch(/unknown \d/);
    expect(code).toBe(0);
  }, 240_000);
});

/** As they may be written: with the plus, and without. */
function dialedNumbers(): readonly string[] {
  const rows = readFileSync(join(root, 'config', 'example', 'leads.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  return rows.map((row) => (row.split(',')[0] ?? '').replace(/\D/g, '')).filter((digits) => digits.length > 6);
}
