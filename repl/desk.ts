/** Makes what the commands work on: in front of a node that runs here, or of a cluster that this process only visits. */
import type { ServiceBroker } from 'moleculer';
import type { SteadyClock } from '#ports/clock.ts';
import { Departures } from '#runtime/operations/departures.ts';
import { Fleet } from '#runtime/operations/fleet.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { Desk } from './command.ts';
import { Tailing } from './tailing.ts';

export type DeskOptions = Omit<Desk, 'fleet' | 'tailing' | 'runtime' | 'clock' | 'departures'> & {
  readonly broker: ServiceBroker;
  readonly runtime: Pick<Runtime, 'ask' | 'nodeOf'>;
  readonly clock: SteadyClock;
};

/** Both are asked by the same service, which a broker without a bus finds on itself. */
export function makeDesk({ broker, ...options }: DeskOptions): Desk {
  const { runtime, clock, print } = options;
  const fleet = new Fleet(broker, runtime);
  const departures = new Departures(broker, clock);
  return { ...options, fleet, departures, tailing: new Tailing({ fleet, clock, print }) };
}
