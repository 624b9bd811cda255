/** What goes on after a stop, and what does not: two campaigns in one data folder, an impatient Ctrl-C, a wrong trunk, a report after an error. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import { loadConfig } from '#config/load.ts';
import { type PracticeCarrier, startPracticeCarrier } from '#practice/start.ts';
import { callEvent } from '#proto/generated/call.ts';
import { type CampaignCommand, type CampaignDescribed, campaignProtocol } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { openGate, shutGate } from '#scripts/node/dial-gate.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { anyLaw } from '#test/any-law.ts';
import { Witness } from '#test/faults/witness.ts';
import { callboard, type Ended, oneSentence, startCallboard } from './callboard-process.ts';
import { pauseBetween, startCarrier, talks } from './sipp-carrier.ts';

const prompt = join(import.meta.dirname, '..', '..', 'config', 'prompts', 'hello.wav');
let folder: string;
let carrier: PracticeCarrier;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-going-on-'));
  carrier = await startPracticeCarrier({ seed: 3, timeScale: 0.2 });
});
afterEach(async () => {
  await carrier.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** People who answer and say nothing, so that their calls last until the prompt is over. */
function list(name: string, count: number, exchange: string): string {
  const path = join(folder, `${name}.csv`);
  const numbers = Array.from({ length: count }, (_, index) => `+1${exchange}55501${index}3`);
  writeFileSync(path, `phone\n${numbers.join('\n')}\n`);
  return path;
}

const run = (path: string, name: string, ...more: string[]) => [
  ...['--data', join(folder, 'data'), 'run', path, '--law', 'practice', '--campaign', name],
  ...['--trunk', carrier.uri, '--prompt', prompt, '--rate', '50', ...more],
];

/** What the journal says of a campaign's calls: how many were dialed, and the outcome of each that is over. */
async function calls(name: string): Promise<{ dialed: number; outcomes: string[] }> {
  const journal = await openSqliteJournalReader({ path: join(folder, 'data', 'journal.db') });
  const entries = await journal.readAll('', 100_000);
  await journal.close();
  const events = entries
    .filter(({ stream }) => stream.startsWith(`call/${name}.`))
    .flatMap(({ bytes }) => commit.decode(bytes).events.map((event) => callEvent.decode(event)));
  return {
    dialed: events.filter(({ type }) => type === 'CallDialed').length,
    outcomes: events.flatMap((event) => (event.type === 'CallEnded' ? [event.outcome] : [])),
  };
}

test('a command dials its own campaign only, and says which other one waits', async () => {
  const first = list('first', 8, '202');
  const killed = startCallboard(run(first, 'first', '--max-calls', '3'));
  await killed.until(/row \d+ .*answered/);
  killed.kill('SIGKILL');
  await killed.ended;
  const before = await calls('first');

  const other = await callboard(run(list('second', 2, '415'), 'second'));
  expect(other).toMatchObject({ code: 0, stderr: '' });
  expect(other.stdout).toContain('campaign first is unfinished too; it waits for its own command.');
  expect((await calls('first')).dialed).toBe(before.dialed);
  expect((await calls('second')).outcomes).toEqual(['answered', 'answered']);

  expect(await callboard(run(first, 'first'))).toMatchObject({ code: 0, stderr: '' });
  const after = await calls('first');
  expect(after.dialed).toBe(8);
  expect(after.outcomes).toHaveLength(8);
  expect(new Set(after.outcomes)).toEqual(new Set(['answered', 'unknown']));
}, 120_000);

test('a second Ctrl-C ends live calls and leaves those that were never dialed to the next start', async () => {
  const people = list('people', 8, '312');
  const stopped = startCallboard(run(people, 'people', '--max-calls', '3'));
  await stopped.until(/row \d+ .*answered/);
  stopped.kill('SIGINT');
  await stopped.until(/Ctrl-C again ends them now/);
  stopped.kill('SIGINT');
  expect(await stopped.ended).toMatchObject({ code: 130, stderr: '' });
  const { dialed, outcomes } = await calls('people');
  expect(outcomes).toHaveLength(dialed);
  expect(dialed).toBeLessThan(8);

  expect(await callboard(run(people, 'people'))).toMatchObject({ code: 0, stderr: '' });
  const after = await calls('people');
  expect(after.dialed).toBe(8);
  expect(after.outcomes).toHaveLength(8);
}, 120_000);

/** A campaign whose calls were placed on a trunk that this node does not know, as after a typing error. */
async function stranded(path: string, gate = openGate()): Promise<{ node: CallboardNode; obey: Obey }> {
  const node = await startNode(loadConfig({ overrides: { dataFolder: join(folder, 'data') } }), { gate });
  const obey: Obey = async (command, until) => {
    const answered = await node.runtime.ask(campaignProtocol, 'stranded', command);
    if (!answered.ok) throw new Error(answered.rejection.message);
    for (;;) {
      const described = await node.runtime.ask(campaignProtocol, 'stranded', { type: 'DescribeCampaign' });
      if (described.ok && described.reply && until(described.reply)) return;
      await pause(20);
    }
  };
  const plan = {
    ...{ prompt, gatherDigits: 0, gatherTimeoutMs: 0 },
    ...{ ringTimeoutMs: 9000, maxTalkMs: 60_000, record: false },
  };
  const settings = { trunkId: 'wrong', plan, maxCalls: 3, callsPerSecond: 50, leaseMs: 900_000, law: anyLaw };
  await obey({ type: 'ConfigureCampaign', settings }, () => true);
  await obey({ type: 'LoadList', path }, ({ loading }) => !loading);
  await obey({ type: 'StartCampaign' }, ({ liveCalls }) => liveCalls === 3);
  return { node, obey };
}
type Obey = (command: CampaignCommand, until: (campaign: CampaignDescribed) => boolean) => Promise<void>;

test('calls that waited for a wrong trunk go over the right one', async () => {
  const path = list('stranded', 8, '312');
  const { node } = await stranded(path, shutGate());
  await node.stop();
  const sipp = await startCarrier(talks(pauseBetween(20, 50), { chance: 0, afterMs: 1000 }));
  try {
    const ended = await callboard(run(path, 'stranded', '--trunk', `sip:127.0.0.1:${sipp.port}`));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(await calls('stranded')).toEqual({ dialed: 8, outcomes: Array(8).fill('answered') });
  } finally {
    await sipp.stop();
  }
}, 60_000);

test('a campaign that is stopped ends, also when its calls wait for a trunk that nobody knows', async () => {
  const { node, obey } = await stranded(list('stranded', 8, '312'));
  await obey({ type: 'PauseCampaign', by: 'ann', reason: '' }, ({ phase }) => phase === 'paused');
  await obey({ type: 'StopCampaign', by: 'ann' }, ({ phase }) => phase === 'ended');
  await node.stop();
  expect(await calls('stranded')).toEqual({ dialed: 0, outcomes: ['canceled', 'canceled', 'canceled'] });
});

const answers = talks(pauseBetween(20, 50), { chance: 0, afterMs: 1000 });

/** Dials until three are talking, and is killed. */
async function killedInMidCall(path: string, trunk: string): Promise<void> {
  const killed = startCallboard(run(path, 'people', '--trunk', trunk, '--max-calls', '3'));
  await killed.until(/^Campaign people/m);
  await new Witness(join(folder, 'data', 'journal.db')).untilEvent('CallAnswered', 3, new AbortController().signal);
  killed.kill('SIGKILL');
  await killed.ended;
}

test('Ctrl-C while the trunk is asked dials nobody, whatever a killed run has left', async () => {
  const people = list('people', 8, '312');
  const before = await startCarrier(answers);
  const trunk = `sip:127.0.0.1:${before.port}`;
  await killedInMidCall(people, trunk).finally(() => before.stop());
  const { dialed } = await calls('people');

  const silent = await startCarrier(answers, [], { port: before.port, answersPings: false });
  try {
    const again = startCallboard(run(people, 'people', '--trunk', trunk, '--max-calls', '3'));
    await again.until(/^Asking the trunk for a sign of life…$/m);
    again.kill('SIGINT');
    const ended = await again.ended;
    expect(ended).toMatchObject({ code: 130, stderr: '' });
    expect(ended.stdout).toMatch(/^people is paused: /m);
    const requests = (await silent.messages()).map(({ text }) => text.split(' ')[0]);
    expect(new Set(requests)).toEqual(new Set(['OPTIONS']));
  } finally {
    await silent.stop();
  }
  // Not even the list is read again.
  const campaign = await callboard(['--data', join(folder, 'data'), 'replay', 'campaign/people', '--json']);
  expect(JSON.parse(campaign.stdout).state).toMatchObject({ phase: 'paused', loads: 1 });
  // Those that the kill cut off are unknown, and nobody else was called.
  expect(await calls('people')).toEqual({ dialed, outcomes: Array(dialed).fill('unknown') });

  expect(await callboard(run(people, 'people'))).toMatchObject({ code: 0, stderr: '' });
  expect((await calls('people')).dialed).toBe(8);
}, 120_000);

test('a report is written also where the command ends in an error: a line for each attempt so far', async () => {
  const people = list('people', 8, '312');
  const sipp = await startCarrier(answers);
  const trunk = `sip:127.0.0.1:${sipp.port}`;
  await killedInMidCall(people, trunk).finally(() => sipp.stop());
  const report = join(folder, 'out.jsonl');
  const reported = async (ended: Ended, code: string) => {
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(oneSentence(code)) });
    const lines = readFileSync(report, 'utf8').trimEnd().split('\n');
    const outcomes = lines.map((line) => JSON.parse(line).outcome);
    expect(outcomes).toEqual((await calls('people')).outcomes);
    // Whoever was claimed in the moment before the stop was not dialed.
    expect(outcomes.slice(0, 3)).toEqual(Array(3).fill('unknown'));
    expect(outcomes.slice(3)).toEqual(outcomes.slice(3).fill('canceled'));
    rmSync(report);
  };
  await reported(await callboard(run(people, 'people', '--trunk', trunk, '--report', report)), 'TRUNK_UNREACHABLE');

  const node = await startNode(loadConfig({ overrides: { dataFolder: join(folder, 'data') } }), { gate: shutGate() });
  await node.runtime.ask(campaignProtocol, 'people', { type: 'StopCampaign', by: 'ann' });
  await node.stop();
  await reported(await callboard(run(people, 'people', '--report', report)), 'CAMPAIGN_STOPPED');
}, 120_000);
