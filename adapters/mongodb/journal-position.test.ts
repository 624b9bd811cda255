import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReaderPlace } from './journal-position.ts';

const unknown = (): undefined => undefined;

describe('a place as text', () => {
  test('the beginning is empty, and nothing else is', () => {
    const place = ReaderPlace.parse('');
    expect(place.toString()).toBe('');
    expect(place.base).toBe(0);
    place.reach(1, 0);
    expect(place.toString()).toBe('');
    place.reach(1, 1);
    expect(place.toString()).toBe('0;1:1');
  });

  test('writers stand in order, whichever moved last', () => {
    const place = ReaderPlace.parse('');
    place.reach(3, 7);
    place.reach(1, 12, 2);
    place.end(2);
    expect(place.toString()).toBe('0;1:12.2;2:-;3:7');
    expect(place.around(1)).toEqual(['0;1:', ';2:-;3:7']);
    expect(place.around(4)).toEqual(['0;1:12.2;2:-;3:7;4:', '']);
  });

  test('writers that were read to their end are told once there is none before them', () => {
    const place = ReaderPlace.parse('0;1:12;2:-;4:7');
    place.end(1);
    expect(place.toString()).toBe('2;4:7');
    place.end(3);
    expect(place.toString()).toBe('3;4:7');
    place.end(4);
    expect(place.toString()).toBe('4');
    expect(place.sequenceOf(4)).toBe(Number.POSITIVE_INFINITY);
    place.reach(4, 1);
    expect(place.toString()).toBe('4');
  });

  test('is read back as it was written', () => {
    const at = fc.oneof(
      fc.constant('-'),
      fc.nat(1e9).map(String),
      fc.tuple(fc.nat(1e9), fc.integer({ min: 1, max: 9 })).map(([s, p]) => `${s}.${p}`),
    );
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.uniqueArray(fc.integer({ min: 2, max: 99 }), { minLength: 1 }),
        fc.array(at),
        (base, steps, ats) => {
          const writers = steps.toSorted((left, right) => left - right);
          const text = `${base}${writers.map((step, index) => `;${base + step}:${ats[index] ?? '1'}`).join('')}`;
          expect(ReaderPlace.parse(text).toString()).toBe(text);
        },
      ),
    );
  });

  test.each(['x', '1;', '0;1', '0;1:x', '0;1:2.', '0000000000000017;', '-1'])('%s is refused', (text) => {
    expect(() => ReaderPlace.parse(text)).toThrow('no position');
  });
});

describe('what a reader was given', () => {
  const place = ReaderPlace.parse('2;3:10;4:-;6:5.1');

  test.each([
    [{ writer: 1, sequence: 999 }, true],
    [{ writer: 3, sequence: 10 }, true],
    [{ writer: 3, sequence: 11 }, false],
    [{ writer: 4, sequence: 999 }, true],
    [{ writer: 5, sequence: 1 }, false],
    [{ writer: 6, sequence: 5 }, true],
    [{ writer: 6, sequence: 6 }, false],
  ])('of %o: %s', (document, given) => {
    expect(place.has(document)).toBe(given);
  });

  test.each([
    ['', true],
    ['2', true],
    ['0;1:5;2:7;3:9', true],
    ['2;3:10;4:80;6:5.1', true],
    ['2;6:5.2', false],
    ['2;6:6', false],
    ['2;5:1', false],
    ['0;3:11', false],
  ])('covers %s: %s', (mark, covered) => {
    expect(place.covers(ReaderPlace.parse(mark), unknown)).toBe(covered);
  });

  test('the end of a writer is reached with its last commit, where it is known', () => {
    const mark = ReaderPlace.parse('3;4:-');
    expect(place.covers(mark, unknown)).toBe(false);
    expect(place.covers(mark, () => 10)).toBe(true);
    expect(place.covers(mark, () => 11)).toBe(false);
  });
});
