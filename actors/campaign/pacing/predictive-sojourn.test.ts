import { describe, expect, test } from '@jest/globals';
import { ageStep, ageSteps } from './predictive-ages.ts';
import { columnsOf, fillPlane, planeFor } from './predictive-sojourn.ts';

const constant = (rate: number) => new Float64Array(ageSteps).fill(rate);
const at = (plane: Float64Array, seconds: number, age: number) => plane[seconds * ageSteps + ageStep(age)] as number;

describe('what is over within so many seconds', () => {
  test('is exponential for a constant hazard, at any age', () => {
    const plane = planeFor(20);
    fillPlane(plane, 20, constant(0.1), undefined, undefined);
    for (const age of [0, 5, 100]) expect(at(plane, 10, age)).toBeCloseTo(1 - Math.exp(-1), 6);
  });

  test('is a part of it where something else may end it first', () => {
    const plane = planeFor(60);
    fillPlane(plane, 60, constant(0.1), undefined, constant(0.3));
    expect(at(plane, 60, 0)).toBeCloseTo(0.25, 3);
  });

  test('goes through another stage: a talk, then the wrap-up', () => {
    const [wrap, talk] = [planeFor(60), planeFor(60)];
    fillPlane(wrap, 60, constant(0.2), undefined, undefined);
    fillPlane(talk, 60, undefined, { rate: constant(0.1), into: wrap }, undefined);
    // Sum of two exponential times; steps of a second delay it a little.
    const exact = (t: number) => 1 - 2 * Math.exp(-0.1 * t) + Math.exp(-0.2 * t);
    for (const t of [5, 20, 40]) expect(Math.abs(at(talk, t, 0) - exact(t))).toBeLessThan(0.06);
    expect(at(talk, 20, 0)).toBeLessThan(at(wrap, 20, 0));
  });

  test('knows the age: what has outlasted its time will not end', () => {
    const plane = planeFor(20);
    const early = Float64Array.from({ length: ageSteps }, (_, step) => (step < 10 ? 0.3 : 0));
    fillPlane(plane, 20, early, undefined, undefined);
    expect(at(plane, 20, 0)).toBeGreaterThan(0.9);
    expect(at(plane, 20, 12)).toBe(0);
    const [, middle] = columnsOf(plane, [3, 4.5], 1);
    expect(middle).toBeCloseTo((at(plane, 4, 0) + at(plane, 5, 0)) / 2, 9);
  });
});
