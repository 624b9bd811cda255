/** Whatever a person gets wrong: one sentence that says what and what to do, an exit code, and nothing half done. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type PracticeCarrier, startPracticeCarrier } from '#practice/start.ts';
import { writeTone } from '#test/rtp/tone.ts';
import { freeUdpPort } from '#test/sip/sipp.ts';
import { type CallboardProcess, callboard, type Ended, oneSentence, startCallboard } from './callboard-process.ts';

/** The last digit says who answers, see practice/README.md: 1 presses 1, 6 is busy, 9 is not allocated. */
const people = ['+14155550101', '+14155550106', '+14155550109'];

let carrier: PracticeCarrier;
let folder = '';
let data = '';
let prompt = '';
const started: CallboardProcess[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  carrier = await startPracticeCarrier({ seed: 3, timeScale: 0.05 });
});
afterAll(() => carrier.stop());

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-bad-'));
  data = join(folder, 'data');
  prompt = await writeTone(join(folder, 'prompt.wav'), 440, 200);
});
afterEach(async () => {
  for (const each of started.splice(0)) {
    each.kill('SIGKILL');
    await each.ended;
  }
  for (const socket of sockets.splice(0)) socket.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const listOf = (numbers: readonly string[]) => write('list.csv', `phone\n${numbers.join('\n')}\n`);

interface Run {
  readonly list?: string;
  readonly trunk?: string;
  readonly prompt?: string;
  readonly more?: readonly string[];
}

function runCommand(options: Run = {}): string[] {
  const dialing = ['--trunk', options.trunk ?? carrier.uri, '--prompt', options.prompt ?? prompt, '--gather', '1'];
  const paths = ['--data', data, 'run', options.list ?? listOf(people)];
  return [...paths, ...dialing, '--law', 'practice', '--campaign', 'c', ...(options.more ?? [])];
}

/** It failed, in one sentence with this code that holds these words, and no report was begun. */
function refused(ended: Ended, code: string, words: RegExp): void {
  expect(ended.stderr).toMatch(oneSentence(code));
  expect(ended.stderr).toMatch(words);
  expect(ended.code).toBe(1);
}

/** What is in the data folder of recordings. */
const recordings = () => (existsSync(join(data, 'recordings')) ? readdirSync(join(data, 'recordings')) : []);

async function silentPort(): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const socket = createSocket('udp4').on('message', (bytes) => heard.push(bytes.toString()));
  sockets.push(socket);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, heard };
}

describe('a list', () => {
  test('that is not there leaves no data folder', async () => {
    const ended = await callboard(runCommand({ list: join(folder, 'none.csv') }));
    refused(ended, 'LIST_UNREADABLE', /none\.csv is not there; look/);
    expect(existsSync(data)).toBe(false);
  });

  test.each([
    ['without a column phone', 'number,name\n+14155550101,Ann\n', /no column named phone/],
    ['that is not UTF-8', Buffer.from('phone,name\n+14155550101,J\xf6rg\n', 'latin1'), /UTF-8/],
    ['that is empty', '', /list\.csv/],
  ])('%s is not dialed', async (_what, content, words) => {
    const report = join(folder, 'out.jsonl');
    const ended = await callboard(runCommand({ list: write('list.csv', content), more: ['--report', report] }));
    refused(ended, 'LIST_UNREADABLE', words);
    expect(recordings()).toEqual([]);
    expect(existsSync(report)).toBe(false);
  });

  test('with bad rows: each is named with its reason and without its number, the rest is dialed', async () => {
    const list = write(
      'list.csv',
      [
        'phone,name',
        `${people[0]},Ann`,
        '+1415555,Bob',
        `${people[0]},Ann again`,
        `${people[1]},Cy,too many`,
        people[2],
      ]
        .concat(['not a number,Dee', `${people[1]},Eve`, '"+14155550109,open quote'])
        .join('\n'),
    );
    const { code, stdout, stderr } = await callboard(runCommand({ list }));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const reasons = [...stdout.matchAll(/^row (\d+) is not dialed: (.+)$/gm)].map(([, row, reason]) => [row, reason]);
    expect(reasons).toEqual([
      ['2', expect.stringMatching(/\S/)],
      ['3', 'duplicate of row 1'],
      ['4', 'it has 3 cells where the header has 2'],
      ['5', 'it has 1 cells where the header has 2'],
      ['6', 'its phone is not a telephone number'],
      ['8', expect.stringMatching(/\S/)],
    ]);
    expect(stdout).toMatch(/^row 1 {2}.* answered \(200\), pressed 1,/m);
    expect(stdout).toMatch(/^row 7 {2}.* busy \(486\),/m);
    expect(stdout).toMatch(/^c is ended: 2 attempts, 2 of 2 leads have an outcome, 6 rows refused\.$/m);
    for (const number of people) expect(stdout).not.toContain(number.slice(-7));
  });
});

test.each([
  [
    'whose every row is refused',
    'phone\ncall me\n+1415555\n',
    /list\.csv can be dialed, each of its 2 rows was refused/,
  ],
  ['that has a header only', 'phone\n', /list\.csv can be dialed, it has no rows/],
])('a list %s is an error', async (_what, content, words) => {
  refused(await callboard(runCommand({ list: write('list.csv', content) })), 'LIST_EMPTY', words);
});

describe('a prompt', () => {
  test.each([
    ['that is not there', undefined, /does not exist/],
    ['that is no WAV', Buffer.from('ID3\u0004 this is an MP3 at best'), /prompt/],
    ['with 44,100 samples a second', wavAt(44_100), /8000 or 16000/],
  ])('%s is refused before anything is made', async (_what, content, words) => {
    const path = content ? write('other.wav', content) : join(folder, 'none.wav');
    refused(await callboard(runCommand({ prompt: path })), 'PROMPT_UNREADABLE', words);
    expect(existsSync(data)).toBe(false);
  });
});

describe('a trunk', () => {
  test('whose port is closed is named at once, and no lead is spent', async () => {
    const port = await freeUdpPort();
    const ended = await callboard(runCommand({ trunk: `sip:127.0.0.1:${port}` }));
    refused(ended, 'TRUNK_UNREACHABLE', new RegExp(`sip:127\\.0\\.0\\.1:${port} cannot be reached \\(ECONNREFUSED\\)`));
    expect((await callboard(['--data', data, 'replay', 'campaign/c'])).stderr).toMatch(oneSentence('ACTOR_UNKNOWN'));
  });

  test('that is silent costs one lead', async () => {
    const { port, heard } = await silentPort();
    const list = listOf(Array.from({ length: 8 }, (_, index) => `+141555501${index}6`));
    const report = join(folder, 'out.jsonl');
    const more = ['--ring-timeout', '1', '--report', report];
    const ended = await callboard(runCommand({ list, trunk: `sip:127.0.0.1:${port}`, more }));
    refused(ended, 'TRUNK_UNREACHABLE', /answered neither OPTIONS nor an INVITE: check/);
    expect(ended.stdout).toMatch(/^Asking the trunk for a sign of life…$/m);
    expect(readFileSync(report, 'utf8')).toMatch(/^\{"row":1,.*\}\n$/);
    const invited = heard.flatMap((text) => /^INVITE sip:(\S+)@/.exec(text)?.[1] ?? []);
    expect(new Set(invited).size).toBe(1);
    const replayed = JSON.parse((await callboard(['--data', data, 'replay', 'campaign/c', '--json'])).stdout);
    expect(replayed.state).toMatchObject({ phase: 'paused', attempts: 1, live: {} });
    expect(Object.values(replayed.state.outcomes)).toEqual([1]);

    // With the right address the same command goes on with the rest.
    const later = await callboard(runCommand({ list }));
    expect(later).toMatchObject({ code: 0, stderr: '' });
    expect(later.stdout).toMatch(/^c is ended: 8 attempts, 8 of 8 leads have an outcome, 0 rows refused\.$/m);
    expect(later.stdout).toMatch(/^ {2}outcomes .*\bbusy 7\b/m);
  }, 120_000);

  test.each([
    ['that is none', 'gateway.example.net', 'CONFIG_INVALID', /sip:HOST\[:PORT\]/],
    [
      'with a port that is none',
      'sip:127.0.0.1:99999',
      'CONFIG_INVALID',
      /99999 has no address: write it as sip:HOST\[/,
    ],
    ['of a host that nobody knows', 'sip:gateway.invalid', 'TRUNK_UNREACHABLE', /no way .* sip:gateway\.invalid \(E/],
  ])('with an address %s is refused before anything is made', async (_what, trunk, code, words) => {
    refused(await callboard(runCommand({ trunk })), code, words);
    expect(existsSync(data)).toBe(false);
  });

  test.each([
    ['cannot be read', undefined, /cannot be read \(ENOENT\)/],
    ['lacks the password', 'alice', /username on its first line and the password on its second/],
  ])('whose credentials file %s is refused', async (_what, content, words) => {
    const path = content ? write('credentials', content) : join(folder, 'none');
    const ended = await callboard(runCommand({ more: ['--credentials', path] }));
    refused(ended, 'CONFIG_INVALID', words);
    expect(ended.stderr).not.toContain('alice');
    expect(existsSync(data)).toBe(false);
  });
});

describe('a name of a campaign', () => {
  test.each([
    ['so long that its calls could not be named', 'c'.repeat(198)],
    ['with a character that names cannot have', 'spring sale'],
  ])('%s is refused before anything is made', async (_what, name) => {
    const ended = await callboard(runCommand({ more: ['--campaign', name] }));
    refused(ended, 'CONFIG_INVALID', /--campaign takes 1 to 178 letters, digits, dots, underscores and hyphens/);
    expect(existsSync(data)).toBe(false);
  });
});

describe('a machine', () => {
  test('whose SIP port is taken', async () => {
    const { port } = await silentPort();
    const ended = await callboard(runCommand(), { env: { CALLBOARD_SIP_PORT: `${port}` } });
    refused(
      ended,
      'PORT_IN_USE',
      new RegExp(`${port} .*: stop that one, or choose another port with CALLBOARD_SIP_PORT`),
    );
  });

  test('on which another process has the data folder', async () => {
    expect(await callboard(runCommand())).toMatchObject({ code: 0, stderr: '' });
    const first = startCallboard(['--data', data, 'repl']);
    started.push(first);
    await first.until(/help lists the commands/);
    refused(await callboard(runCommand()), 'JOURNAL_UNAVAILABLE', /is in use by another Callboard; stop that one/);
    first.type('exit');
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('where the data folder cannot be made', async () => {
    data = join(write('a-file', ''), 'data');
    refused(await callboard(runCommand()), 'CONFIG_INVALID', /data cannot be made \(ENOTDIR\): choose another/);
  });

  test('where the report is a folder', async () => {
    const ended = await callboard(runCommand({ more: ['--report', folder] }));
    refused(ended, 'CONFIG_INVALID', /The report .* is a folder: name a file in it/);
    expect(existsSync(data)).toBe(false);
  });

  test('where the report cannot be written', async () => {
    const ended = await callboard(runCommand({ more: ['--report', join(folder, 'none', 'out.jsonl')] }));
    refused(ended, 'CONFIG_INVALID', /none \(ENOENT\): make the folder/);
    expect(existsSync(data)).toBe(false);
  });

  test('whose vault was made under another secret', async () => {
    expect(await callboard(runCommand(), { env: { CALLBOARD_VAULT_SECRET: 'ab'.repeat(32) } })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const ended = await callboard(runCommand(), { env: { CALLBOARD_VAULT_SECRET: 'cd'.repeat(32) } });
    refused(ended, 'VAULT_KEY_WRONG', /vault/);
    expect(ended.stderr).not.toMatch(/abab|cdcd/);
  });

  test('whose disk is full, and then has room again', async () => {
    const mount = join(folder, 'small');
    mkdirSync(mount);
    data = join(mount, 'data');
    const numbers = Array.from({ length: 40 }, (_, index) => `+1415555${1000 + 10 * index + 1}`);
    const list = listOf(numbers);
    const command = runCommand({ list, more: ['--rate', '50'] });
    // A name space of its own, so that nobody but root of it needs any right, and the disk is gone with its processes.
    const script = [
      'mount -t tmpfs -o size=16m small "$0" || exit 77',
      'head -c 15500k /dev/zero > "$0/ballast"',
      '"$@"; echo "first: $?"; echo "first ends" >&2',
      'rm "$0/ballast"; exec "$@"',
    ].join('\n');
    const ended = await callboard(command, { through: ['unshare', '-rm', 'sh', '-c', script, mount] });
    expect(ended.stdout).toMatch(/^first: 1$/m);
    const [first = '', second] = ended.stderr.split('first ends\n');
    expect(first).toMatch(oneSentence('DISK_FULL'));
    expect(first).toMatch(/no room .* free some space/);
    expect({ code: ended.code, second }).toEqual({ code: 0, second: '' });
    expect(ended.stdout).toMatch(/^c is ended: 40 attempts, 40 of 40 leads have an outcome/m);
  }, 60_000);
});

describe('a journal with a broken link', () => {
  test('is named by verify, and stops what needs the stream', async () => {
    const list = listOf(people);
    expect(await callboard(runCommand({ list }))).toMatchObject({ code: 0, stderr: '' });
    const database = new DatabaseSync(join(data, 'journal.db'));
    tamper(database, 'campaign/c', 3);
    database.close();

    const verified = await callboard(['--data', data, 'verify']);
    refused(verified, 'JOURNAL_BROKEN', /The chain of campaign\/c is broken at version 3: .*; compare .* backup/);
    const replayed = await callboard(['--data', data, 'replay', 'campaign/c']);
    refused(replayed, 'JOURNAL_BROKEN', /campaign\/c.* 3/);
    writeFileSync(list, `${readFileSync(list, 'utf8')}+14155550111\n`);
    const report = join(folder, 'out.jsonl');
    const again = await callboard(runCommand({ list, more: ['--report', report] }));
    refused(again, 'JOURNAL_BROKEN', /campaign\/c.* 3/);
    expect(existsSync(report)).toBe(false);
  });
});

describe('a question to the journal', () => {
  beforeEach(async () => {
    expect(await callboard(runCommand())).toMatchObject({ code: 0 });
  });

  test.each([
    ['an actor that never was', ['replay', 'call/c.99.1'], 'ACTOR_UNKNOWN', /nothing of call\/c\.99\.1/],
    ['a kind that is none', ['replay', 'cal/c.1.1'], 'ACTOR_KIND_UNKNOWN', /the kinds are campaign, call, trunk/],
    ['no id', ['replay', 'call'], 'ACTOR_KIND_UNKNOWN', /write kind\/id/],
    [
      'a time that is none',
      ['replay', 'call/c.1.1', '--at', 'yesterday'],
      'CONFIG_INVALID',
      /--at yesterday is no time/,
    ],
    ['a time before it was', ['replay', 'call/c.1.1', '--at', '1999-01-01'], 'ACTOR_UNKNOWN', /before 1999-01-01/],
  ])('about %s', async (_what, question, code, words) => {
    refused(await callboard(['--data', data, ...question]), code, words);
  });

  test('in a folder without one does not make one', async () => {
    data = join(folder, 'other');
    refused(await callboard(['--data', data, 'verify']), 'JOURNAL_UNAVAILABLE', /journal\.db/);
    refused(await callboard(['--data', data, 'repl']), 'JOURNAL_UNAVAILABLE', /no journal in .*other: name the data/);
    expect(existsSync(data)).toBe(false);
  });
});

test.each([
  ['--rate', 'fast'],
  ['--rate', '0'],
  ['--max-calls', '1.5'],
  ['--gather', '-1'],
])('the option %s %s is refused with what it takes', async (option, value) => {
  const ended = await callboard(runCommand({ more: [option, value] }));
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(
    /^error: option '.*' argument '.*' is invalid\. Give a .*number[^\n]*\n\(--help lists the options\)\n$/,
  );
  expect(existsSync(data)).toBe(false);
});

/** Changes one byte of a commit, as somebody would who wants to rewrite what happened. */
function tamper(database: DatabaseSync, stream: string, version: number): void {
  const where = 'stream = (SELECT id FROM stream WHERE name = ?) AND version = ?';
  const row = database.prepare(`SELECT bytes FROM log WHERE ${where}`).get(stream, version) as { bytes: Uint8Array };
  const bytes = Uint8Array.from(row.bytes, (byte, index) => (index === row.bytes.length >> 1 ? byte ^ 1 : byte));
  database.prepare(`UPDATE log SET bytes = ? WHERE ${where}`).run(bytes, stream, version);
}

/** A second of silence at another rate. */
function wavAt(rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + 2 * rate, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(2 * rate, 40);
  return Buffer.concat([header, Buffer.alloc(2 * rate)]);
}
