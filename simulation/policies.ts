/** The policies by the names that people give to them. */
import { adaptive } from '#actors/campaign/pacing/adaptive.ts';
import { chanceConstrained } from '#actors/campaign/pacing/chance-constrained.ts';
import { manual } from '#actors/campaign/pacing/manual.ts';
import type { PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import { powerOf } from '#actors/campaign/pacing/power.ts';
import { predictive } from '#actors/campaign/pacing/predictive.ts';
import { preview } from '#actors/campaign/pacing/preview.ts';
import { progressive } from '#actors/campaign/pacing/progressive.ts';

/** A policy whose state is its own business. */
export interface NamedPolicy {
  readonly policy: PacingPolicy<unknown>;
  /** Agents dial for themselves when they have looked at the contact. */
  readonly agentsDial: boolean;
}

const byName: ReadonlyMap<string, NamedPolicy> = new Map([
  ['manual', dialedByAgents(manual)],
  ['preview', dialedByAgents(preview)],
  ['progressive', dialedForAgents(progressive)],
  ['adaptive', dialedForAgents(adaptive)],
  ['chance-constrained', dialedForAgents(chanceConstrained)],
  ['predictive', dialedForAgents(predictive)],
]);

/** What `all` stands for, in the order of tables. */
export const allPolicies: readonly string[] = [
  'manual',
  'preview',
  'progressive',
  'power-1.5',
  'power-2',
  'power-3',
  'power-5',
  'power-10',
  'adaptive',
  'chance-constrained',
  'predictive',
];

/** A policy by its name; `power-2.5` is 2.5 lines for each ready agent. Undefined where there is none. */
export function policyNamed(name: string): NamedPolicy | undefined {
  const ratio = /^power-(\d+(\.\d+)?)$/.exec(name)?.[1];
  if (ratio !== undefined) return Number(ratio) > 0 ? dialedForAgents(powerOf(Number(ratio))) : undefined;
  return byName.get(name);
}

function dialedForAgents<S>(policy: PacingPolicy<S>): NamedPolicy {
  return { policy: policy as PacingPolicy<unknown>, agentsDial: false };
}

function dialedByAgents<S>(policy: PacingPolicy<S>): NamedPolicy {
  return { policy: policy as PacingPolicy<unknown>, agentsDial: true };
}
