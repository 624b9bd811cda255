/** The composition root: one node with everything it needs, made from the configuration. */
import { ServiceBroker } from 'moleculer';
import type { ConnectionOptions } from 'nats';
import { probeBus } from '#adapters/nats/probe.ts';
import { brokerOptions, natsOptions } from '#config/broker.ts';
import { type LawProfiles, loadLawProfiles } from '#config/law-profiles.ts';
import type { Config, Role } from '#config/schema.ts';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import type { Leads } from '#ports/leads.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { Telephony } from '#ports/telephony.ts';
import type { RecordAccess, Vault } from '#ports/vault.ts';
import { type ReadModels, startReadModels } from '#projections/read-models.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { nodeProtocol } from '#proto/generated/node.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import { discovererOf } from '#runtime/discoverer.ts';
import type { AnyProtocol } from '#runtime/envelopes.ts';
import { operatedNodes } from '#runtime/operations/fleet.ts';
import type { Order } from '#runtime/operations/operations.ts';
import { remoteOperations } from '#runtime/operations/remote.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { readableModels } from '#scripts/models.ts';
import { openCarrierSide } from './carrier-side.ts';
import { cast, needsCarrierSide } from './cast.ts';
import { type Closing, closeAll } from './closing.ts';
import { makeFolder, openLog } from './data-folder.ts';
import { type DialGate, openGate } from './dial-gate.ts';
import { endCalls, hangUpAll } from './live-calls.ts';
import { openOperations } from './operating.ts';
import type { Presence } from './presence.ts';
import { openStores } from './stores.ts';
import { openWatching } from './watching.ts';

export interface CallboardNode {
  readonly config: Config;
  /** What campaigns may be dialed under. */
  readonly laws: LawProfiles;
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly leads: Leads;
  readonly vault: Vault;
  /** Absent where no role of the node talks to carriers. */
  readonly telephony: Telephony | undefined;
  readonly definitions: readonly AnyActorDefinition[];
  /** Absent where the node hosts nothing. */
  readonly readModels: ReadModels | undefined;
  /** Where its health and figures are; undefined where nobody asked for them. */
  readonly httpUrl: string | undefined;
  /** Resolves when the node cannot go on, with the error that a person must hear. */
  readonly failed: Promise<unknown>;
  fail(error: unknown): void;
  /** Which calls may be dialed; those that may not wait, if need be until the next start. */
  readonly gate: DialGate;
  hangUpAll(by: string): Promise<void>;
  /**
   * Hands the actors over and waits for the live calls, for `drainLimitMs` at most; `stop` ends what is left then. It is
   * not taken back: operators who want the node to take actors again are refused.
   */
  drain(): Promise<void>;
  /** Ends what is live, lets go of sockets and files. Once, however often it is asked for. */
  stop(): Promise<void>;
}

const stopGraceMs = 5000;
/** Live calls get this long to end with their outcome and their recording. */
const endGraceMs = 5000;

export interface NodeOptions {
  /** Which calls may be dialed; every call where it is absent. */
  readonly gate?: DialGate;
  /** Instead of the configured ones; none: the node takes part in the cluster and hosts nothing. */
  readonly roles?: readonly Role[];
}

/** Every kind that may be addressed, wherever it is hosted. */
const protocols: readonly AnyProtocol[] = [
  campaignProtocol,
  callProtocol,
  trunkProtocol,
  agentProtocol,
  contactProtocol,
  nodeProtocol,
];

/**
 * Starts a node: what its last life left outstanding goes on.
 * @throws every error that a person can mend, with its code: a port in use, a broken journal, a wrong key.
 */
export async function startNode(config: Config, options: NodeOptions = {}): Promise<CallboardNode> {
  const opened: Closing[] = [];
  try {
    return await compose(config, options, opened);
  } catch (error) {
    // What it failed with is what a person must hear.
    await closeAll(opened).catch(() => {});
    throw error;
  }
}

async function compose(config: Config, options: NodeOptions, opened: Closing[]): Promise<CallboardNode> {
  const { gate = openGate(), roles = config.roles } = options;
  const laws = loadLawProfiles(config.lawFolder);
  const folder = makeFolder(config.dataFolder);
  const log = openLog(folder, config.log.level);
  const watching = await openWatching(config, log, opened);
  if (config.nats) await probeBus(natsOptions(config.nats) as ConnectionOptions);
  const record = recordAccess(() => runtime);
  const stores = await openStores({ config, folder, record, log }, opened);
  const carrierSide = needsCarrierSide(roles) ? await openCarrierSide(config, log, opened) : undefined;
  const nodePorts = {
    tellNode: (nodeId: string, order: Order) => remoteOperations(broker, nodeId).order(order),
    isThere: (nodeId: string) => operatedNodes(broker).includes(nodeId),
  };
  const definitions = cast(roles, { config, folder, stores, carrierSide, gate, nodePorts });
  // Whoever stops the broker stops the node: Moleculer's console has an exit of its own.
  let brokerStops = false;
  const stopping = () => {
    brokerStops = true;
    return closeAll(opened);
  };
  const broker = new ServiceBroker({ ...brokerOptions(config, log), middlewares: [{ name: 'Node', stopping }] });
  const { journal, leads, clusterId } = stores;
  const runtime = createRuntime({
    broker,
    journal,
    clock: systemClock,
    logger: log.child({ part: 'runtime' }),
    actors: definitions,
    protocols,
    weight: config.weight,
    ...(clusterId ? { clusterId } : {}),
    ...(watching.observer ? { observer: watching.observer } : {}),
  });
  const failure = Promise.withResolvers<unknown>();
  runtime.onFatal((error) => failure.resolve(error));
  let leaves = false;
  let stopped: Promise<void> | undefined;
  // A node that is refused lets go of the bus too; one that stops is closed by its broker.
  opened.push(async () => {
    if (!brokerStops) await broker.stop();
  });
  await broker.start();
  let readModels: ReadModels | undefined;
  let presence: Presence | undefined;
  // After the runtime, so that they hear how the last calls ended.
  opened.push(async () => readModels?.stop());
  opened.push(() => runtime.stop({ graceMs: stopGraceMs }));
  opened.push(async () => {
    gate.close();
    // What cannot be journaled is not waited for.
    await Promise.race([endCalls(runtime, `node:${config.nodeId}`, systemClock, endGraceMs), failure.promise]);
  });
  await runtime.start();
  if (roles.length > 0) {
    readModels = startReadModels({
      broker,
      journal,
      clock: systemClock,
      logger: log.child({ part: 'models' }),
      adapterOf: stores.modelAdapterOf,
      projections: readableModels,
    });
    const logger = log.child({ part: 'operations' });
    const isLeaving = () => leaves || stopped !== undefined;
    presence = openOperations({ config, roles, broker, runtime, journal, logger, readModels, isLeaving }, opened);
  }
  watching.watch({
    runtime,
    journal,
    isBusConnected: () => !config.nats || discovererOf(broker)?.isDeaf === false,
    isServing: () => stopped === undefined && runtime.hosting === 'hosting',
  });
  log.info({ node: config.nodeId }, 'the node is up');

  return {
    config,
    laws,
    broker,
    runtime,
    journal,
    leads,
    vault: stores.vault,
    telephony: carrierSide?.telephony,
    definitions,
    failed: failure.promise,
    fail: (error) => failure.resolve(error),
    gate,
    readModels,
    httpUrl: watching.health && config.http && `http://${config.http.bindAddress}:${watching.health.port}`,
    hangUpAll: (by) => hangUpAll(runtime, by),
    drain: async () => {
      leaves = true;
      await presence?.leave();
      await drain(runtime, config.drainLimitMs);
    },
    stop: () => {
      stopped ??= broker.stop();
      return stopped;
    },
  };
}

async function drain(runtime: Runtime, limitMs: number): Promise<void> {
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = systemClock.after(limitMs, resolve);
  });
  await Promise.race([runtime.drain(), limit]);
  cancel();
}

/** Lets the vault tell its contacts before it gives or destroys anything. The runtime is made after the vault. */
export function recordAccess(runtime: () => Pick<Runtime, 'ask'>): RecordAccess {
  return async (contactId, fact) => {
    const recorded = await runtime().ask(contactProtocol, contactId, fact);
    if (recorded.ok) return;
    const { code, message } = recorded.rejection;
    if (code === 'CONTACT_ERASED') throw new FatalError('VAULT_CONTACT_UNKNOWN', message);
    throw new RetryableError('JOURNAL_UNAVAILABLE', `The access to contact ${contactId} was not journaled (${code}).`);
  };
}
