import { expect, test } from '@jest/globals';
import { Reception } from './reception.ts';

function receive(first: number, ...sequences: number[]): Reception {
  const reception = new Reception();
  reception.begin(first);
  for (const sequence of [first, ...sequences]) reception.count(sequence);
  return reception;
}

test('nothing received is nothing lost', () => {
  const reception = new Reception();
  expect([reception.received, reception.lost, reception.jitterMs]).toEqual([0, 0, 0]);
});

test('a gap is lost, a late packet fills it', () => {
  const reception = receive(10, 11, 14);
  expect(reception.lost).toBe(2);
  reception.count(12);
  expect([reception.received, reception.lost]).toEqual([4, 1]);
});

test('a duplicate counts as received, so that loss may be negative', () => {
  expect(receive(10, 11, 11).lost).toBe(-1);
});

test('numbers are followed across their wrap, from the first packet on', () => {
  const reception = receive(65_534, 65_535, 0, 2);
  expect(reception.report()).toMatchObject({ cumulativeLost: 1, extendedHighestSequence: 65_536 + 2 });
  expect(receive(0, 1).report().extendedHighestSequence).toBe(1);
  expect(receive(65_535, 0).report().extendedHighestSequence).toBe(65_536);
});

test('the fraction lost is of the interval between two reports', () => {
  const reception = receive(0, 3);
  expect(reception.report().fractionLost).toBe(128);
  reception.count(4);
  expect(reception.report()).toMatchObject({ fractionLost: 0, cumulativeLost: 2 });
});

test('one packet far off is refused; two in a row are a restart, and what was lost before stays counted', () => {
  const reception = receive(0, 2);
  const counted = [30_000, 3, 40_000, 40_001, 40_002].map((sequence) => reception.count(sequence));
  expect(counted).toEqual(['refused', 'counted', 'refused', 'restarted', 'counted']);
  expect([reception.received, reception.lost]).toEqual([5, 1]);
});

test('another source begins at its own number', () => {
  const reception = receive(100, 101);
  reception.begin(9);
  reception.count(9);
  reception.count(10);
  expect([reception.received, reception.lost]).toEqual([4, 0]);
});

test('packets that arrive as they were sent have no jitter, whatever the clocks say', () => {
  const reception = receive(0);
  for (let packet = 0; packet < 100; packet++) reception.time((0xffff_ff00 + packet * 160) >>> 0, 5_000 + packet * 20);
  expect(reception.jitterMs).toBe(0);
});

test('jitter approaches the mean deviation between packets (A.8)', () => {
  const reception = receive(0);
  for (let packet = 0; packet < 500; packet++) reception.time(packet * 160, packet * 20 + (packet % 2) * 4);
  expect(reception.jitterMs).toBeCloseTo(4, 5);
});
