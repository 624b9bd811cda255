/** Who may not be called, told to a running cluster by the real commands: nobody dials them, and an audit counts why. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startPracticeCarrier } from '#practice/start.ts';
import { createFleet, type Fleet } from '#scripts/cluster/fleet.ts';
import type { NodeProcess } from '#scripts/cluster/node-process.ts';
import { practiceLimits, practiceTrunk } from '#scripts/example-campaign.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { type CallboardProcess, startCallboard } from '#test/cli/callboard-process.ts';
import { writeTone } from '#test/rtp/tone.ts';
import { mongodbUrl, natsUrl } from './services.ts';
import { openTestDatabase } from './test-database.ts';

const minute = 60_000;
const opened: Closing[] = [];
let folder: string;
let fleet: Fleet;
let nodes: readonly NodeProcess[];

/** By what becomes of them. All of them would be busy. */
const people = {
  forbidden: '+14155550106',
  forbiddenHere: '+14155550116',
  forbiddenElsewhere: '+14155550126',
  agreed: '+14155550136',
  agreedElsewhere: '+14155550146',
  revoked: '+14155550156',
  neverAsked: '+14155550166',
} as const;
type Person = keyof typeof people;

const source = { citation: 'our works agreement', url: 'https://intranet.example.org/law' };
const profile = {
  ...{ profile: 'house', title: 'The rules of the house' },
  rules: [
    { id: 'house.lists', source, limit: { type: 'DoNotCall' } },
    { id: 'house.consent', source, limit: { type: 'Consent', recordedOnly: false, anyCampaign: false } },
  ],
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-law-'));
  opened.push(async () => rmSync(folder, { recursive: true }));
  const carrier = await startPracticeCarrier({ seed: 1, timeScale: 0.1 });
  opened.push(() => carrier.stop());
  const database = await openTestDatabase();
  opened.push(() => database.drop());
  const lawFolder = join(folder, 'law');
  mkdirSync(lawFolder);
  writeFileSync(join(lawFolder, 'house.json'), JSON.stringify(profile));
  const name = database.db.databaseName;
  fleet = createFleet({
    folder,
    shared: {
      ...{ cluster: name, nats: { url: natsUrl() }, mongodb: { url: mongodbUrl(), database: name }, lawFolder },
      trunks: { [practiceTrunk]: { uri: carrier.uri, ...practiceLimits } },
    },
  });
  nodes = await Promise.all([1, 2].map((number) => fleet.start(number)));
  opened.push(() => Promise.all(nodes.map((node) => node.stop())));
}, minute);
afterAll(() => closeAll(opened), minute);

function start(...args: readonly string[]): CallboardProcess {
  return startCallboard(['--config', fleet.configFile, '--data', join(folder, 'command'), ...args]);
}

/** Runs it to its end, with these numbers at its standard input. */
async function callboard(args: readonly string[], ...those: readonly Person[]) {
  const running = start(...args);
  for (const person of those) running.type(people[person]);
  running.closeInput();
  return running.ended;
}

function listOf(name: string, ...those: readonly Person[]): string {
  const path = join(folder, name);
  writeFileSync(path, ['phone', ...those.map((person) => people[person])].join('\n'));
  return path;
}

test(
  'forbidden and unconsented people are refused by the rule that says so, and the audit of the cluster holds',
  async () => {
    const said: string[] = [];
    const told = async (sentence: string, args: readonly string[], ...those: readonly Person[]) => {
      const { code, stdout, stderr } = await callboard(args, ...those);
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${sentence}\n`, stderr: '' });
    };
    await told('1 number is on the list global.', ['dnc', 'add', listOf('never.csv', 'forbidden')]);
    await told(
      '1 number is on the list global of campaign spring.',
      ['dnc', 'add', '--campaign', 'spring'],
      'forbiddenHere',
    );
    await told(
      '1 number is on the list global of campaign autumn.',
      ['dnc', 'add', '--campaign', 'autumn'],
      'forbiddenElsewhere',
    );
    const agreed = listOf('agreed.csv', 'forbidden', 'forbiddenHere', 'forbiddenElsewhere', 'agreed', 'revoked');
    const evidence = ['--evidence', 'form-2026-11'];
    await told('5 numbers are in agreement with all campaigns.', ['consent', 'grant', agreed, ...evidence]);
    const elsewhere = ['consent', 'grant', '--campaign', 'autumn', ...evidence];
    await told('1 number is in agreement with campaign autumn.', elsewhere, 'agreedElsewhere');
    await told('1 number is in agreement with all campaigns no more.', ['consent', 'revoke'], 'revoked');

    const everybody = Object.keys(people) as Person[];
    const prompt = await writeTone(join(folder, 'prompt.wav'), 440, 200);
    const dialing = ['--prompt', prompt, '--law', 'house', '--campaign', 'spring', '--trunk', practiceTrunk];
    const dialed = await callboard(['dial', listOf('people.csv', ...everybody), ...dialing]);
    expect(dialed).toMatchObject({ code: 0, stderr: '' });
    const outcomes = [...dialed.stdout.matchAll(/^row (\d+) {2}.* {2,}(refused|busy)\b/gm)];
    said.push(dialed.stdout);
    expect(outcomes.length).toBe(everybody.length);

    const becameOf: Record<string, string> = {};
    for (const [index, person] of everybody.entries()) {
      const { stdout } = await callboard(['replay', `call/spring.${index + 1}.1`, '--json']);
      said.push(stdout);
      const events = JSON.parse(stdout).commits.flatMap((commit: { events: object[] }) => commit.events);
      const of = (type: string) => events.find((event: { type: string }) => event.type === type);
      becameOf[person] = of('CallRefused')?.ruleId ?? of('CallEnded')?.outcome;
      expect({ person, dialed: of('CallDialed') !== undefined }).toEqual({
        person,
        dialed: becameOf[person] === 'busy',
      });
    }
    expect(becameOf).toEqual({
      ...{ forbidden: 'house.lists', forbiddenHere: 'house.lists', forbiddenElsewhere: 'busy', agreed: 'busy' },
      ...{ agreedElsewhere: 'house.consent', revoked: 'house.consent', neverAsked: 'house.consent' },
    });

    const audit = await callboard(['audit', 'spring', '--json']);
    said.push(audit.stdout, ...nodes.map(({ name }) => readFileSync(join(folder, name, 'callboard.log'), 'utf8')));
    expect(audit).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(audit.stdout)).toMatchObject({
      ...{ kept: true, attempts: everybody.length, dialed: 2 },
      refused: { 'house.lists': 2, 'house.consent': 3 },
    });
    for (const number of Object.values(people)) expect(said.join('\n').includes(number.slice(2))).toBe(false);
  },
  3 * minute,
);
