/** All nodes of the cluster that can be operated, as a person sees them from one place. */
import type { ServiceBroker } from 'moleculer';
import { codeOf, RetryableError } from '#ports/errors.ts';
import type { ActivationInfo, Runtime } from '#runtime/runtime.ts';
import type {
  ActivationQuery,
  ActorRef,
  EventQuery,
  Events,
  Inspected,
  NodeLoad,
  Operations,
  StreamQuery,
} from './operations.ts';
import { remoteOperations } from './remote.ts';
import { operationsService } from './service.ts';

/** An actor in the memory of a node. */
export type PlacedActivation = ActivationInfo & { readonly node: string };

export interface FleetActivations {
  readonly actors: readonly PlacedActivation[];
  readonly more: boolean;
  /** Nodes that did not answer. */
  readonly silent: readonly string[];
}

/** Names of the nodes on the bus that can be operated, in order. */
export function operatedNodes(broker: Pick<ServiceBroker, 'registry'>): readonly string[] {
  const services = broker.registry.getServiceList({ onlyAvailable: true }) as unknown as readonly {
    readonly name: string;
    readonly nodeID: string;
  }[];
  const names = services.filter(({ name }) => name === operationsService).map(({ nodeID }) => nodeID);
  return [...new Set(names)].sort();
}

export class Fleet {
  readonly #broker: ServiceBroker;
  readonly #runtime: Pick<Runtime, 'nodeOf'>;

  constructor(broker: ServiceBroker, runtime: Pick<Runtime, 'nodeOf'>) {
    this.#broker = broker;
    this.#runtime = runtime;
  }

  /** Names of those that are there, in order. */
  nodes(): readonly string[] {
    return operatedNodes(this.#broker);
  }

  /** One of them. */
  at(node: string): Operations {
    return remoteOperations(this.#broker, node);
  }

  /** How each of them stands; undefined for one that does not answer. */
  loads(): Promise<readonly { readonly node: string; readonly load: NodeLoad | undefined }[]> {
    const ask = async (node: string) => ({ node, load: await this.at(node).load().catch(unreachable) });
    return Promise.all(this.nodes().map(ask));
  }

  /** Actors in memory: of all nodes, or of one. */
  async activations(query: ActivationQuery, only?: string): Promise<FleetActivations> {
    const nodes = only === undefined ? this.nodes() : [only];
    const asked = await Promise.all(
      nodes.map(async (node) => ({ node, answer: await this.at(node).activations(query).catch(unreachable) })),
    );
    const found = asked.flatMap(({ node, answer }) => answer?.actors.map((actor) => ({ ...actor, node })) ?? []);
    return {
      actors: found.slice(0, query.limit),
      more: found.length > query.limit || asked.some(({ answer }) => answer?.more),
      silent: asked.filter(({ answer }) => !answer).map(({ node }) => node),
    };
  }

  /** The node that an actor is placed on, wherever it is now. */
  placeOf({ kind, id }: ActorRef): string | undefined {
    return this.#runtime.nodeOf(kind, id);
  }

  /** Where an actor is in memory: while it moves, it may be nowhere. */
  async holdersOf({ kind, id }: ActorRef): Promise<readonly PlacedActivation[]> {
    return (await this.activations({ kind, id, limit: 10 })).actors;
  }

  /** The state of an actor, from the node that has it in memory, else from one that hosts its kind. */
  async inspect(ref: ActorRef): Promise<Inspected> {
    const [holder] = await this.holdersOf(ref);
    const first = [holder?.node, this.placeOf(ref)].filter((node) => node !== undefined);
    return this.#any((operations) => operations.inspect(ref), first);
  }

  /** Part of an actor's history. */
  events(query: EventQuery): Promise<Events> {
    return this.#any((operations) => operations.events(query));
  }

  /** Ids of a kind that the journal knows. */
  streams(query: StreamQuery): Promise<readonly string[]> {
    return this.#any((operations) => operations.streams(query));
  }

  /** All read one journal: whoever can answers. */
  async #any<T>(ask: (operations: Operations) => Promise<T>, first: readonly string[] = []): Promise<T> {
    let failure: unknown;
    for (const node of new Set([...first, ...this.nodes()])) {
      try {
        return await ask(this.at(node));
      } catch (error) {
        if (!elsewhere.has(codeOf(error) ?? '')) throw error;
        failure = error;
      }
    }
    throw failure ?? new RetryableError('CLUSTER_EMPTY', 'No node of the cluster is on the bus now: start one.');
  }
}

/** With these, another node may do better. */
const elsewhere: ReadonlySet<string> = new Set(['NODE_UNREACHABLE', 'ACTOR_KIND_UNKNOWN', 'JOURNAL_UNAVAILABLE']);

/** A node that does not answer is left out; anything else that goes wrong is for the person to hear. */
function unreachable(error: unknown): undefined {
  if (codeOf(error) !== 'NODE_UNREACHABLE') throw error;
}
