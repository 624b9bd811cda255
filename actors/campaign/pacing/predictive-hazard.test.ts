import { describe, expect, test } from '@jest/globals';
import { ageEdges, ageStep, ageSteps } from './predictive-ages.ts';
import { addTime, freshHazard, observe, perSecond } from './predictive-hazard.ts';

const nothing = new Float64Array(ageSteps);
const rateOf = (hazard: ReturnType<typeof freshHazard>, way: number, seconds: number, running = nothing) => {
  const into = new Float64Array(ageSteps);
  perSecond(hazard, way, running, into);
  return into[ageStep(seconds)] as number;
};

describe('ages', () => {
  test('are in the step between whose edges they are', () => {
    for (const seconds of [0, 0.5, 1, 7.2, 23.9, 24, 100, 3000]) {
      const step = ageStep(seconds);
      expect(ageEdges[step]).toBeLessThanOrEqual(seconds);
      expect(ageEdges[step + 1]).toBeGreaterThan(seconds);
    }
    expect(ageStep(1e9)).toBe(ageSteps - 1);
    expect(ageStep(-5)).toBe(0);
    expect(ageStep(Number.NaN)).toBe(0);
  });
});

describe('a hazard', () => {
  test('is what was believed before, until something is seen', () => {
    expect(rateOf(freshHazard([0.2, 0.1], 5), 0, 3)).toBeCloseTo(0.2, 2);
    expect(rateOf(freshHazard([0.2, 0.1], 5), 1, 3)).toBeCloseTo(0.1, 2);
  });

  test('is learned for each age and way to end', () => {
    const hazard = freshHazard([0.2, 0.1], 2);
    // Half end in the fifth second, the others are over after twenty.
    for (let n = 0; n < 2000; n++) observe(hazard, n % 2 ? 5.5 : 20.5, n % 2 ? 0 : 1, 1e6);
    expect(rateOf(hazard, 0, 2)).toBeLessThan(0.01);
    expect(rateOf(hazard, 0, 5)).toBeGreaterThan(0.2);
    expect(rateOf(hazard, 0, 12)).toBeLessThan(0.01);
    expect(rateOf(hazard, 1, 20)).toBeGreaterThan(0.5);
  });

  test('counts the time of those who are not done: the quick ends come first', () => {
    const hazard = freshHazard([0.01], 1);
    for (let n = 0; n < 20; n++) observe(hazard, 3.5, 0, 1000);
    const running = new Float64Array(ageSteps);
    for (let n = 0; n < 180; n++) addTime(running, 10, 1);
    expect(rateOf(hazard, 0, 3, running)).toBeLessThan(rateOf(hazard, 0, 3) / 3);
  });

  test('forgets', () => {
    const hazard = freshHazard([0.1], 1);
    for (let n = 0; n < 500; n++) observe(hazard, 2.5, 0, 50);
    for (let n = 0; n < 500; n++) observe(hazard, 9.5, 0, 50);
    expect(rateOf(hazard, 0, 2)).toBeLessThan(0.01);
    // As much as ever, also after many: the weights are kept small.
    for (let n = 0; n < 5000; n++) observe(hazard, 2.5, 0, 50);
    expect(rateOf(hazard, 0, 2)).toBeGreaterThan(0.3);
    expect(hazard.weight).toBeLessThan(2e6);
  });
});
