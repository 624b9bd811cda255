import { describe, expect, test } from '@jest/globals';
import { Feed } from './feed.ts';
import { decode, silentByte } from './g711.ts';
import { mix } from './mix.ts';

const packet = (fill: number, length = 160) => ({ codec: 'PCMU' as const, payload: Buffer.alloc(length, fill) });
const taken = (feed: Feed) => feed.take()?.payload[0];

describe('what one leg hears of another', () => {
  test('begins with two packets, and gives one a tick', () => {
    const feed = new Feed();
    feed.hear(packet(1));
    expect(feed.take()).toBeUndefined();
    feed.hear(packet(2));
    expect([taken(feed), taken(feed), taken(feed)]).toEqual([1, 2, undefined]);
    // After a gap it waits for two again.
    feed.hear(packet(3));
    expect(taken(feed)).toBeUndefined();
    feed.hear(packet(4));
    expect([taken(feed), taken(feed)]).toEqual([3, 4]);
  });

  test('takes packets of any length, and forgets what is too old to be of use', () => {
    const feed = new Feed();
    feed.hear(packet(1, 240));
    feed.hear(packet(2, 80));
    expect([taken(feed), taken(feed)]).toEqual([1, 1]);
    for (let fill = 1; fill <= 7; fill += 1) feed.hear(packet(fill));
    expect([taken(feed), taken(feed), taken(feed), taken(feed)]).toEqual([5, 6, 7, undefined]);
  });
});

describe('several at once', () => {
  test('one in the same codec goes through untouched', () => {
    const { payload } = packet(7);
    expect(mix([{ codec: 'PCMU', payload }], 'PCMU')).toBe(payload);
    expect(mix([], 'PCMU')).toBeUndefined();
  });

  test('are added, in the codec that is wanted, and never louder than can be', () => {
    const loud = Buffer.alloc(160, 0x80);
    const quiet = Buffer.alloc(160, silentByte.PCMU);
    const [level = 0] = decode('PCMU', loud);
    const one = mix(
      [
        { codec: 'PCMU', payload: loud },
        { codec: 'PCMU', payload: quiet },
      ],
      'PCMA',
    );
    const [both = 0] = decode(
      'PCMA',
      mix(
        [
          { codec: 'PCMU', payload: loud },
          { codec: 'PCMU', payload: loud },
        ],
        'PCMA',
      ) ?? loud,
    );
    expect(Math.abs((decode('PCMA', one ?? loud)[0] ?? 0) - level)).toBeLessThan(Math.abs(level) * 0.05);
    expect(Math.sign(both)).toBe(Math.sign(level));
    expect(Math.abs(both)).toBeGreaterThanOrEqual(Math.abs(level) * 0.95);
  });
});
