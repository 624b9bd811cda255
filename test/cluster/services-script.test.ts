/** `npm run services` itself, in a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { probeBus } from '#adapters/nats/probe.ts';
import { down, status } from '#scripts/services/down.ts';
import { isRunning } from '#scripts/services/process.ts';
import { readRecord } from '#scripts/services/record.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'services.ts');
const slow = 300_000;

let home: string;
let folder: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'callboard-services-'));
  // Root's PostgreSQL belongs to somebody else, who must be able to get there.
  chmodSync(home, 0o755);
  folder = join(home, 'services');
});
afterAll(async () => {
  await down(folder);
  rmSync(home, { recursive: true });
}, slow);

async function services(args: string[], path?: string) {
  const env = { ...process.env, ...(path ? { PATH: `${path}:${process.env.PATH}` } : {}) };
  const child = spawn(process.execPath, [script, ...args, '--folder', folder], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

interface Printed {
  readonly natsUrl: string;
  readonly mongodbUrl: string;
  readonly services: readonly { readonly name: string; readonly pid: number }[];
}

async function upAgain(): Promise<Printed> {
  const { code, stdout, stderr } = await services(['up', '--json']);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Printed;
}

test(
  'it starts what answers, knows it again, mends what ended and stops it all',
  async () => {
    expect((await services(['status'])).code).toBe(1);
    const first = await upAgain();
    await probeBus({ servers: [first.natsUrl] }, 0);
    const client = new MongoClient(first.mongodbUrl);
    await client.db('services').collection<{ _id: string }>('kept').insertOne({ _id: 'a' });
    await client.close();
    expect((await services(['status'])).stdout.match(/ answering /g)).toHaveLength(first.services.length);
    expect(await upAgain()).toEqual(first);

    const lost = readRecord(folder).services.filter(({ name }) => name !== 'ferretdb');
    for (const service of lost) process.kill(service.pid, 'SIGKILL');
    while (lost.some((service) => isRunning(service))) await new Promise(setImmediate);
    expect((await status(folder)).filter(({ state }) => state === 'ended').map(({ name }) => name)).toEqual(
      lost.map(({ name }) => name),
    );
    const mended = await upAgain();
    expect({ ...mended, services: [] }).toEqual({ ...first, services: [] });
    const ofFerret = ({ services: all }: Printed) => all.filter(({ name }) => name === 'ferretdb');
    expect(ofFerret(mended)).toEqual(ofFerret(first));

    const running = readRecord(folder).services;
    const stopped = await services(['down']);
    expect(stopped.stdout.match(/ stopped\./g)).toHaveLength(first.services.length);
    expect(running.filter((service) => isRunning(service))).toEqual([]);
    expect((await services(['down'])).stdout).toBe('Nothing was running.\n');

    const again = await upAgain();
    const later = new MongoClient(again.mongodbUrl);
    expect(await later.db('services').collection('kept').countDocuments()).toBe(1);
    await later.close();
    await services(['down']);
  },
  slow,
);

test(
  'the server that stands in for MongoDB looks up what has an index without reading all',
  async () => {
    const { mongodbUrl, services: running } = await upAgain();
    const client = new MongoClient(mongodbUrl);
    try {
      const db = client.db('services');
      const looked = db.collection<{ stream: string; version: number }>('looked');
      await looked.createIndex({ stream: 1, version: 1 }, { unique: true, sparse: true });
      await looked.insertMany(
        Array.from({ length: 3000 }, (_, index) => ({ stream: `call/${index >> 1}`, version: index & 1 })),
      );
      const plan = JSON.stringify(await looked.find({ stream: 'call/7', version: { $gt: 0 } }).explain());
      if (running.some(({ name }) => name === 'mongod')) expect(plan).not.toContain('COLLSCAN');
      else expect(plan).toMatch(/^(?!.*Seq Scan).*Bitmap Index Scan/);
      expect(await looked.find({ stream: 'call/7', version: { $gt: 0 } }).toArray()).toMatchObject([{ version: 1 }]);
      await db.dropDatabase();
    } finally {
      await client.close();
    }
    await services(['down']);
  },
  slow,
);

test(
  'what was half started is stopped again, with one sentence about what failed',
  async () => {
    const programs = join(home, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'mongod'), '#!/bin/sh\necho "this mongod is broken"\nexit 3\n', { mode: 0o755 });
    const { code, stderr } = await services(['up'], programs);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^mongod ended before it answered: this mongod is broken \(see \S+\)\. \[SERVICE_UNAVAILABLE\]$/m,
    );
    expect(readRecord(folder).services).toEqual([]);
    // Nothing of it is in the way of the next.
    await upAgain();
    await services(['down']);
  },
  slow,
);
