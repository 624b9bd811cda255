/**
 * When something ends, learned as it goes: for each age the hazard of each way to end, events ÷ time at risk, with older
 * observations forgotten exponentially. What has not ended yet counts as time at risk (Kaplan and Meier 1958), so that
 * the quick ends that come first do not make everything look quick.
 */
import { ageEdges, ageStep, ageSteps } from './predictive-ages.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, max, min } = Math;

/** A hazard, per second, is never nothing: what has not been seen for long may come again. */
const least = 1e-9;

/** Plain data that `observe` changes in place. */
export interface Hazard {
  /** For each way to end, weighted ends by age. */
  readonly ends: number[][];
  /** Weighted seconds at risk by age. */
  readonly atRisk: number[];
  /** Of the next observation: it grows, which is to forget the ones before. */
  weight: number;
}

/** `perSecond`: hazard of each way to end that is believed before anything is known, as strongly as `strength` observations. */
export function freshHazard(perSecond: readonly number[], strength: number): Hazard {
  const total = perSecond.reduce((sum, rate) => sum + rate, 0);
  const atRisk = Array.from({ length: ageSteps }, (_, step) => {
    const [from, to] = [ageEdges[step] as number, ageEdges[step + 1] as number];
    // The tail is believed in a little, or a step that is never reached would have no hazard at all.
    return (strength * (exp(-total * from) - exp(-total * to))) / total + 1e-6;
  });
  return { ends: perSecond.map((rate) => atRisk.map((seconds) => seconds * rate)), atRisk, weight: 1 };
}

/** One has ended, at an age in seconds; `way` is an index of its ends, -1: it left unseen. Newer ones count more by 1 ÷ `memory`. */
export function observe(hazard: Hazard, seconds: number, way: number, memory: number): void {
  hazard.weight *= 1 + 1 / memory;
  if (hazard.weight > 1e6) rescale(hazard);
  addTime(hazard.atRisk, seconds, hazard.weight);
  const ends = hazard.ends[way];
  if (ends) {
    const step = ageStep(seconds);
    ends[step] = (ends[step] as number) + hazard.weight;
  }
}

/** Adds the time up to an age to each step. */
export function addTime(atRisk: number[] | Float64Array, seconds: number, weight: number): void {
  for (let step = 0; step < ageSteps; step++) {
    const from = ageEdges[step] as number;
    if (seconds <= from) return;
    atRisk[step] = (atRisk[step] as number) + weight * (min(seconds, ageEdges[step + 1] as number) - from);
  }
}

function rescale(hazard: Hazard): void {
  for (let step = 0; step < ageSteps; step++) {
    hazard.atRisk[step] = (hazard.atRisk[step] as number) / hazard.weight;
    for (const ends of hazard.ends) ends[step] = (ends[step] as number) / hazard.weight;
  }
  hazard.weight = 1;
}

/** Fills `into` with the hazard of one way to end, per second, by age; `running` are seconds at risk of those under way. */
export function perSecond(hazard: Hazard, way: number, running: Float64Array, into: Float64Array): void {
  const { atRisk, weight } = hazard;
  const ends = hazard.ends[way] as number[];
  const last = ageSteps - 1;
  for (let step = 0; step <= last; step++) {
    const before = step > 0 ? step - 1 : 0;
    const after = step < last ? step + 1 : last;
    const seen = (ends[before] as number) + 2 * (ends[step] as number) + (ends[after] as number);
    const risk =
      (atRisk[before] as number) +
      2 * (atRisk[step] as number) +
      (atRisk[after] as number) +
      weight * ((running[before] as number) + 2 * (running[step] as number) + (running[after] as number));
    into[step] = max(least, seen / risk);
  }
}
