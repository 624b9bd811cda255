/**
 * A call in the words of a made-up older version: it wrote all digits at once, as `DigitsPressed`, which today's contract
 * does not know. With its upcaster the call reads as the recorded one does, for a replay and for the read models.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { callChronicle } from '#actors/call/chronicle.ts';
import { NedbAdapter } from '#adapters/moleculer-db/nedb-adapter.ts';
import { calls } from '#projections/models/calls.ts';
import { rebuild } from '#projections/rebuild.ts';
import type { Codec } from '#proto/codec.ts';
import { type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { commit as commitCodec } from '#proto/generated/envelope.ts';
import { type Chronicle, chronicle } from '#runtime/actor.ts';
import { replay } from '#runtime/history.ts';
import type { Upcasters } from '#runtime/upcasting.ts';
import { inTodaysWords } from '#scripts/models.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { Scribe } from '#test/journal-kit.ts';

interface DigitsPressed {
  readonly type: 'DigitsPressed';
  readonly digits: string;
  readonly atMs: number;
}
type OldEvent = CallEvent | DigitsPressed;

/** Field 99 of the oneof, of bytes. */
const tag = [0x9a, 0x06];
const event: Codec<OldEvent> = {
  name: callProtocol.event.name,
  encode(message) {
    if (message.type !== 'DigitsPressed') return callProtocol.event.encode(message);
    const body = new TextEncoder().encode(JSON.stringify(message));
    return Uint8Array.from([...tag, body.length, ...body]);
  },
  decode(bytes) {
    if (tag.some((byte, at) => bytes[at] !== byte)) return callProtocol.event.decode(bytes);
    return JSON.parse(new TextDecoder().decode(bytes.subarray(tag.length + 1))) as DigitsPressed;
  },
};
const upcasters: Upcasters<OldEvent> = {
  DigitsPressed: ({ digits, atMs }) => [...digits].map((digit) => ({ type: 'DigitPressed', digit, atMs })),
};
const withUpcaster = { ...callChronicle, protocol: { ...callProtocol, event }, upcasters } as unknown as Chronicle;

const id = 'spring-sale.7.1';
const path = join(import.meta.dirname, '..', 'fixtures', 'journals', '0.1.0.json');
const { streams } = JSON.parse(readFileSync(path, 'utf8')) as {
  streams: { id: string; state: object; commits: string[] }[];
};
const recorded = streams.find((each) => each.id === id);
const events = (recorded?.commits ?? [])
  .map((text) => commitCodec.decode(new Uint8Array(Buffer.from(text, 'base64'))))
  .map((each) => each.events.map((bytes) => callProtocol.event.decode(bytes)));

let journal: MemoryJournal;
beforeEach(async () => {
  journal = new MemoryJournal();
  const first = events.findIndex(([each]) => each?.type === 'DigitPressed');
  const both = events.slice(first, first + 2);
  const [last, ...more] = both[1] as [CallEvent, ...CallEvent[]];
  const { atMs } = last as CallEvent & { type: 'DigitPressed' };
  const old: OldEvent[] = [{ type: 'DigitsPressed', digits: '42', atMs }, ...more];
  await new Scribe(journal).write(`call/${id}`, event, ...events.slice(0, first), old, ...events.slice(first + 2));
});

test('a replay comes to the recorded state', async () => {
  const { state } = await replay(withUpcaster, journal, id);
  expect(JSON.parse(JSON.stringify(state))).toMatchObject(recorded?.state ?? {});
});

test('a read model comes to the same document', async () => {
  const store = new NedbAdapter();
  await store.open();
  await rebuild(inTodaysWords(calls, [withUpcaster]), store, journal);
  expect(await store.findById(id)).toMatchObject({ phase: 'ended', outcome: 'answered', digits: '42' });
  await store.close();
});

test('without the upcaster neither can be read', async () => {
  const store = new NedbAdapter();
  await store.open();
  await expect(replay(chronicle(callChronicle), journal, id)).rejects.toThrow();
  await expect(rebuild(inTodaysWords(calls, [chronicle(callChronicle)]), store, journal)).rejects.toThrow();
  await store.close();
});
