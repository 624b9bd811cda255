/** What a run is given, and what acts in it. */
import type { ChaosCampaign } from './chaos-campaign.ts';
import type { FollowedCalls } from './followed-calls.ts';
import type { Probe } from './probe.ts';
import type { Stage, StageSetup } from './stage.ts';

export interface ChaosSetup extends StageSetup {
  /** Faults begin for so long. */
  readonly minutes: number;
  /** At most so many faults; no limit where it is absent. */
  readonly mostFaults?: number;
}

export interface Play {
  readonly stage: Stage;
  readonly campaign: ChaosCampaign;
  readonly calls: FollowedCalls;
  readonly probe: Probe;
}
