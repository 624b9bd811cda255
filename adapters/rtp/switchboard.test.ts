import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from '@jest/globals';
import type { Spoken } from './spoken.ts';
import { type Ear, Switchboard } from './switchboard.ts';

class NotingEar implements Ear {
  sources: readonly string[] = [];
  readonly taken: [source: string, spoken: Spoken][] = [];
  onTake = (): void => {};

  hear(sources: readonly string[]): void {
    this.sources = sources;
  }
  take(source: string, spoken: Spoken): void {
    this.taken.push([source, spoken]);
    this.onTake();
  }
}

const key = (event: number): Spoken => ({ type: 'key', event });
const ports: { close(): void }[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

test('an ear hears whom it shall, and no other', () => {
  const switchboard = new Switchboard();
  const [ear, other] = [new NotingEar(), new NotingEar()];
  switchboard.hear(ear, ['a', 'b']);
  switchboard.hear(other, ['a']);
  for (const source of ['a', 'b', 'c']) switchboard.say(source, key(1));
  expect(ear.taken.map(([source]) => source)).toEqual(['a', 'b']);
  expect(other.taken.map(([source]) => source)).toEqual(['a']);
  switchboard.hear(ear, ['c']);
  for (const source of ['a', 'b', 'c']) switchboard.say(source, key(2));
  expect(ear.sources).toEqual(['c']);
  expect(ear.taken.slice(2)).toEqual([['c', key(2)]]);
  switchboard.hear(other, []);
  switchboard.say('a', key(3));
  expect(other.taken).toHaveLength(2);
});

test('what is tapped is heard in the other thread, as it was said, and in none once it is no longer', async () => {
  const [here, there] = [new Switchboard(), new Switchboard()];
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  here.join(2, port1);
  there.join(1, port2);
  const ear = new NotingEar();
  there.hear(ear, ['a']);
  here.say('a', key(1));
  here.tap('a', [2, 3]);
  // A view of something larger: only what it shows is sent.
  const payload = new Uint8Array(1_000).subarray(500, 503).fill(7);
  const audio: Spoken = { type: 'audio', codec: 'PCMA', sequence: 1, timestamp: 2, stream: 3, payload };
  const heard = Promise.withResolvers<void>();
  ear.onTake = () => heard.resolve();
  here.say('a', audio);
  await heard.promise;
  expect(ear.taken).toEqual([['a', { ...audio, payload: new Uint8Array([7, 7, 7]) }]]);
  const [, spoken] = ear.taken[0] as [string, typeof audio];
  expect('payload' in spoken && spoken.payload.buffer.byteLength).toBe(3);
  here.tap('a', []);
  here.say('a', key(2));
  here.tap('a', [2]);
  here.say('a', key(3));
  await once(port2, 'message');
  expect(ear.taken.slice(1)).toEqual([['a', key(3)]]);
});

test('what goes to a thread that is gone goes nowhere', async () => {
  const switchboard = new Switchboard();
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  switchboard.join(2, port1);
  switchboard.tap('a', [2]);
  const closed = once(port1, 'close');
  port2.close();
  await closed;
  expect(() => switchboard.say('a', key(1))).not.toThrow();
});
