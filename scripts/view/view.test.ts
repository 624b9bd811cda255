import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { StoredEntry } from '#ports/journal.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignEvent } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { type EndedAttempt, followCampaign } from './progress.ts';
import { writeReport } from './report.ts';
import { picture } from './screen.ts';

const plan = { prompt: '', gatherDigits: 1, gatherTimeoutMs: 1, ringTimeoutMs: 1, maxTalkMs: 1, record: false };

function entry(stream: string, ...events: Uint8Array[]): StoredEntry {
  const bytes = commit.encode({
    stream,
    version: 1,
    atMs: 1,
    commandId: '',
    correlationId: '',
    causationId: '',
    sender: '',
    events,
    previousHash: new Uint8Array(),
  });
  return { position: '1', stream, version: 1, bytes, hash: new Uint8Array(), atMs: 1 };
}
const call = (id: string, event: CallEvent) => entry(`call/${id}`, callEvent.encode(event));
const campaign = (id: string, event: CampaignEvent) => entry(`campaign/${id}`, campaignEvent.encode(event));
const requested = (row: number): CallEvent => ({
  type: 'CallRequested',
  campaignId: 'c',
  row,
  contactId: 'p',
  mask: '+1 202 *** **01',
  trunkId: 't',
  plan,
  atMs: 1,
});
const ended: CallEvent = {
  type: 'CallEnded',
  outcome: 'answered',
  sipStatus: 200,
  reason: 'hung up',
  ringMs: 1500,
  talkMs: 3000,
  digits: '1',
  atMs: 9,
};

function follow() {
  const attempts: EndedAttempt[] = [];
  const view = followCampaign('c', (attempt) => attempts.push(attempt));
  return { view, attempts };
}

describe('the view of a campaign', () => {
  test('counts leads, live calls by phase, outcomes and digits', () => {
    const { view, attempts } = follow();
    view.apply([
      campaign('c', { type: 'ListLoaded', path: '', rows: 3, added: 3, known: 0, refused: 0 }),
      campaign('c', { type: 'CampaignStarted', atMs: 1 }),
      call('c.1.1', requested(1)),
      call('c.2.1', requested(2)),
      call('c.2.1', { type: 'CallDialed', atMs: 2 }),
      call('c.3.1', requested(3)),
      call('c.3.1', { type: 'CallDialed', atMs: 2 }),
      call('c.3.1', { type: 'CallRang', sipStatus: 180, atMs: 3 }),
      call('c.3.1', { type: 'CallAnswered', sipStatus: 200, atMs: 4 }),
    ]);
    expect(view.current()).toMatchObject({
      leads: 3,
      phase: 'running',
      phases: { routing: 1, dialing: 1, ringing: 0, talking: 1 },
      ended: 0,
    });
    view.apply([call('c.3.1', ended)]);
    expect(view.current()).toMatchObject({ phases: { talking: 0 }, ended: 1 });
    expect([...view.current().outcomes]).toEqual([['answered', 1]]);
    expect([...view.current().digits]).toEqual([['1', 1]]);
    expect(attempts).toEqual([expect.objectContaining({ callId: 'c.3.1', row: 3, mask: '+1 202 *** **01' })]);
  });

  test('passes over other campaigns, also one whose name begins the same', () => {
    const { view } = follow();
    view.apply([call('c2.1.1', requested(1)), campaign('c2', { type: 'CampaignStarted', atMs: 1 })]);
    expect(view.current()).toMatchObject({ phase: 'draft', phases: { routing: 0 } });
  });

  test('is drawn as a bar and a table', () => {
    const { view } = follow();
    view.apply([
      campaign('c', { type: 'ListLoaded', path: '', rows: 4, added: 4, known: 0, refused: 0 }),
      call('c.1.1', requested(1)),
      call('c.1.1', ended),
    ]);
    const drawn = picture(view.current());
    expect(drawn.split('\n')[0]).toBe(`${'█'.repeat(10)}${'░'.repeat(30)}  1 of 4 leads, ready`);
    expect(drawn).toMatch(/answered\s+│ 1/);
  });
});

describe('a report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-report-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('has a line an attempt and replaces the old one whole', () => {
    const path = join(folder, 'out.jsonl');
    writeFileSync(path, 'old\n');
    const { view, attempts } = follow();
    view.apply([call('c.7.1', requested(7)), call('c.7.1', ended)]);
    writeReport(path, attempts);
    expect(readFileSync(path, 'utf8')).toBe(
      `${JSON.stringify({ row: 7, outcome: 'answered', sipStatus: 200, reason: 'hung up', ringMs: 1500, talkMs: 3000, digits: '1', recording: '' })}\n`,
    );
    expect(readdirSync(folder)).toEqual(['out.jsonl']);
  });

  test('that cannot be written leaves nothing behind', () => {
    const path = join(folder, 'missing', 'out.jsonl');
    expect(() => writeReport(path, [])).toThrow('ENOENT');
    expect(existsSync(path)).toBe(false);
  });
});
