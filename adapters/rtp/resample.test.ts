import { expect, test } from '@jest/globals';
import { halveRate } from './resample.ts';

function sine(hz: number, rate: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => 16_000 * Math.sin((2 * Math.PI * hz * index) / rate));
}

/** Loudness in dB against a full tone, without the edges where the filter runs in. */
function levelDb(samples: Int16Array): number {
  const inner = samples.subarray(100, -100);
  const power = inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length;
  return 10 * Math.log10(power / (16_000 ** 2 / 2));
}

test.each([300, 1_000, 2_000, 3_000, 3_400])('%i Hz passes as it is', (hz) => {
  expect(Math.abs(levelDb(halveRate(sine(hz, 16_000, 16_000), 0, 8_000)))).toBeLessThan(0.1);
});

test.each([4_000, 4_600, 5_000, 6_000, 7_500])('%i Hz would fold back, and is taken away', (hz) => {
  expect(levelDb(halveRate(sine(hz, 16_000, 16_000), 0, 8_000))).toBeLessThan(-55);
});

test('the audio is not moved in time', () => {
  const halved = halveRate(sine(500, 16_000, 1_600), 0, 800);
  const wanted = sine(500, 8_000, 800);
  for (let index = 100; index < 700; index++) {
    expect(Math.abs((halved[index] ?? 0) - (wanted[index] ?? 0))).toBeLessThan(100);
  }
});

test('in pieces it is the same as in one', () => {
  const source = sine(777, 16_000, 1_001);
  const pieces = [halveRate(source, 0, 200), halveRate(source, 200, 500)].flatMap((piece) => [...piece]);
  expect(pieces).toEqual([...halveRate(source, 0, 500)]);
});

test('what overshoots is clipped, not wrapped', () => {
  const square = Int16Array.from({ length: 4_000 }, (_, index) => (index % 40 < 20 ? 32_767 : -32_768));
  for (const [index, sample] of halveRate(square, 0, 2_000).entries()) {
    if (index % 20 > 2 && index % 20 < 8) expect(sample).toBeGreaterThan(25_000);
  }
});
