import { expect, test } from '@jest/globals';
import type { ThreadLink } from './thread-link.ts';
import { Wiring } from './wiring.ts';

interface Asked {
  readonly legId?: string;
  readonly thread?: number;
  readonly port?: { close(): void };
  readonly sources?: readonly string[];
  readonly threads?: readonly number[];
}

/** Threads that note what they are asked, but for the channels between them, which they count. */
function threads(places: Readonly<Record<string, number>>) {
  const asked: string[] = [];
  const joined: string[] = [];
  const gone = new Set<number>();
  const linkOf = (number: number) => ({
    number,
    ask: async (op: string, args: Asked) => {
      if (op === 'join') {
        joined.push(`${number}-${args.thread}`);
        args.port?.close();
      } else asked.push(`${number}: ${op} ${args.legId} ${(args.sources ?? args.threads)?.join()}`);
    },
  });
  const links = new Map([...new Set(Object.values(places))].map((number) => [number, linkOf(number)]));
  const wiring = new Wiring((legId) => {
    const number = places[legId];
    return number === undefined || gone.has(number) ? undefined : (links.get(number) as unknown as ThreadLink);
  });
  const told = (): string[] => asked.splice(0).sort();
  return { wiring, told, joined, gone };
}

test('in one thread each leg is told whom it hears, and only where that changes', async () => {
  const { wiring, told, joined } = threads({ a: 1, b: 1, c: 1 });
  await wiring.change(['a', 'b'], (hearing) => hearing.bridge('a', 'b'));
  expect(told()).toEqual(['1: hear a b', '1: hear b a']);
  await wiring.change(['a', 'b'], (hearing) => hearing.bridge('b', 'a'));
  expect(told()).toEqual([]);
  await wiring.change(['a', 'c'], (hearing) => hearing.bridge('a', 'c'));
  expect(told()).toEqual(['1: hear a c', '1: hear b ', '1: hear c a']);
  await wiring.change(['c'], (hearing) => hearing.mute('c', true));
  expect(told()).toEqual(['1: hear a ']);
  expect(joined).toEqual([]);
});

test('over two threads what each says is passed on to the other, over one channel', async () => {
  const { wiring, told, joined } = threads({ a: 1, b: 2, c: 2 });
  await wiring.change(['a', 'b'], (hearing) => hearing.bridge('a', 'b'));
  expect(told()).toEqual(['1: hear a b', '1: tap a 2', '2: hear b a', '2: tap b 1']);
  expect(joined.sort()).toEqual(['1-2', '2-1']);
  await wiring.change(['c', 'b'], (hearing) => hearing.monitor('c', 'b', 'listen'));
  expect(told()).toEqual(['2: hear c b,a']);
  await wiring.change(['a'], (hearing) => hearing.remove('a'));
  expect(told()).toEqual(['1: hear a ', '1: tap a ', '2: hear b ', '2: hear c b', '2: tap b ']);
  expect(joined).toHaveLength(2);
});

test('of a thread that is gone nobody is heard, and nothing is asked of it', async () => {
  const { wiring, told, gone } = threads({ a: 1, b: 2 });
  await wiring.change(['a', 'b'], (hearing) => hearing.bridge('a', 'b'));
  told();
  gone.add(1);
  await wiring.change(['a'], (hearing) => hearing.remove('a'));
  expect(told()).toEqual(['2: hear b ', '2: tap b ']);
});
