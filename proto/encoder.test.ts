/** The encoder against protobufjs, which nobody here wrote: it must read back what was written. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { campaignEvent } from './generated/campaign.ts';
import { commit } from './generated/envelope.ts';

const contract = protobuf.Root.fromJSON(
  JSON.parse(readFileSync(new URL('./contract.json', import.meta.url), 'utf8')) as protobuf.INamespace,
).resolveAll();

function readByProtobufjs(name: string, bytes: Uint8Array): unknown {
  return contract.lookupType(name).toObject(contract.lookupType(name).decode(bytes), { longs: Number });
}

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 80 }));
const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const uint32 = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const uint64 = fc.oneof(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 1, max: 300 }));

describe('the encoder', () => {
  test('writes commits of all sizes so that protobufjs reads them', () => {
    const commits = fc.record({
      stream: text.filter(Boolean),
      version: uint64,
      atMs: uint64,
      events: fc.array(bytes, { minLength: 1, maxLength: 5 }),
      answer: fc.record({ version: uint64, reply: bytes }),
      previousHash: bytes.filter(({ length }) => length > 0),
    });
    fc.assert(
      fc.property(commits, (each) => {
        const whole = { ...each, commandId: 'c', correlationId: 'c', causationId: 'c', sender: 's' };
        const written = commit.encode(whole);
        expect(readByProtobufjs(commit.name, written)).toEqual(whole);
        expect(commit.decode(written)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('writes messages in messages of any length', () => {
    const leads = fc.record({
      row: uint32,
      contactId: text.filter(Boolean),
      mask: text.filter(Boolean),
      attempt: uint32,
    });
    fc.assert(
      fc.property(fc.array(leads, { minLength: 1, maxLength: 40 }), (each) => {
        const attempts = each.map((lead, index) => ({ callId: `c-${index}`, lead }));
        const event = { type: 'AttemptsStarted', claimId: 'claim-1', attempts, atMs: 1 } as const;
        const { type, ...fields } = event;
        const written = campaignEvent.encode(event);
        expect(readByProtobufjs(campaignEvent.name, written)).toEqual({ attemptsStarted: fields });
        expect(campaignEvent.decode(written)).toEqual(event);
        expect(type).toBe('AttemptsStarted');
      }),
      { numRuns: 100 },
    );
  });

  test('writes what is larger than its scratch buffer', () => {
    const event = Buffer.alloc(3_000_000, 7);
    const large = {
      stream: '电'.repeat(100_000),
      version: 1,
      atMs: 1,
      commandId: '',
      correlationId: '',
      causationId: '',
      sender: '',
      events: [event],
      previousHash: Buffer.alloc(0),
    };
    const read = commit.decode(commit.encode(large));
    expect(read.stream).toBe(large.stream);
    expect(Buffer.compare(read.events[0] ?? Buffer.alloc(0), event)).toBe(0);
  });

  test('gives bytes of their own, which the next message does not change', () => {
    const first = campaignEvent.encode({ type: 'CampaignStarted', atMs: 1 });
    const copy = Buffer.from(first);
    campaignEvent.encode({ type: 'CampaignPaused', by: 'ann', reason: 'lunch' });
    expect(Buffer.compare(first, copy)).toBe(0);
  });

  test('leaves out defaults, but not what is optional or in a list', () => {
    const empty = { stream: '', version: 0, atMs: 0, commandId: '', correlationId: '', causationId: '', sender: '' };
    const written = commit.encode({
      ...empty,
      events: [new Uint8Array(0)],
      answer: { version: 0 },
      previousHash: new Uint8Array(0),
    });
    expect([...written]).toEqual([0x42, 0x00, 0x4a, 0x00]);
  });
});
