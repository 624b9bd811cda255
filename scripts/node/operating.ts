/** Lets operators ask a node and tell it something, and keeps its public record. */
import type { ServiceBroker } from 'moleculer';
import type { Config, Role } from '#config/schema.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { ReadModels } from '#projections/read-models.ts';
import { awayEvent } from '#runtime/discoverer.ts';
import { Departures } from '#runtime/operations/departures.ts';
import { createOperationsService } from '#runtime/operations/service.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { kinds } from '#scripts/kinds.ts';
import { version } from '#scripts/version.ts';
import type { Closing } from './closing.ts';
import { LeavingOperations } from './leaving.ts';
import { Presence } from './presence.ts';

export interface OperatedNode {
  readonly config: Config;
  readonly roles: readonly Role[];
  readonly broker: ServiceBroker;
  /** Started. */
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly readModels: ReadModels | undefined;
  /** Whether it was told to leave. */
  isLeaving(): boolean;
}

/** The service goes with the broker; that the node leaves is said before its runtime stops. */
export function openOperations(node: OperatedNode, opened: Closing[]): Presence {
  const { config, roles, broker, readModels } = node;
  const facts = { node: config.nodeId, roles, version, weight: config.weight };
  const parts = { ...node, clock: systemClock, facts };
  const presence = new Presence(parts);
  const operations = new LeavingOperations({
    ...{ ...parts, kinds },
    departures: new Departures(broker, systemClock),
    drained: (order) => presence.drained(order),
    ...(readModels ? { lagMs: () => slowest(readModels) } : {}),
  });
  createOperationsService(broker, operations);
  opened.push(() => presence.leave());
  presence.started();
  broker.localBus.on(awayEvent, () => presence.started());
  return presence;
}

/** Of the read models that this node follows for; undefined where others do. */
async function slowest(readModels: ReadModels): Promise<number | undefined> {
  const lags = await Promise.all(readModels.status().map(({ model }) => readModels.lagMs(model)));
  const known = lags.filter((lag) => lag !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
