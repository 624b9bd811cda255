/** The other nodes, as Moleculer's registry knows them, and the one action by which a command reaches them. */
import { randomBytes } from 'node:crypto';
import type { Context, Service, ServiceBroker } from 'moleculer';
import { FatalError } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { Answer, Envelope } from '#proto/generated/envelope.ts';
import type { Deadlines } from './deadlines.ts';
import { Delivery } from './delivery.ts';
import { awayEvent, type ClusterDiscoverer, discovererOf, nameTakenEvent } from './discoverer.ts';
import { envelopeProtocol } from './envelopes.ts';
import { actorsService, hostingService, type ListedService, type Membership, Peers } from './peers.ts';
import { place } from './placement.ts';
import { refOf } from './refs.ts';
import { request } from './requests.ts';

/** How long a sender waits: until the command was decided, or until a mailbox has it. */
export type Wait = 'answer' | 'acceptance';

export interface NodesOptions {
  readonly broker: ServiceBroker;
  readonly deadlines: Deadlines;
  readonly logger: Logger;
  /** Kinds that this node hosts; none: it only asks. */
  readonly kinds: readonly string[];
  /** This node's share of the actors, against that of the others. */
  readonly weight: number;
  /** Tells two clusters on one bus apart; undefined: whatever is there is the cluster. */
  readonly clusterId: string | undefined;
  /** Takes a command that another node sent; undefined: what came is none. */
  receive(envelope: Envelope | undefined): Answer | Promise<Answer>;
  /** Nodes came, went or host something else: actors may be placed elsewhere now. */
  changed(change: Change): void;
  /** Others may have held this node for lost. */
  wasAway(): void;
  /** An older node has this one's name. */
  nameTaken(error: FatalError): void;
}

export interface Change {
  /** Whether there is a node that was not there before. */
  readonly joined: boolean;
}

/** What becomes of a command that is sent to another node: one of the two is told. */
export interface SendOutcome {
  /** Undefined where the node has answered something that is no answer. */
  answered(answer: Answer | undefined): void;
  failed(error: unknown): void;
}

const deliverAction = `${actorsService}.deliver`;
const changes = ['$services.changed', '$node.connected', '$node.disconnected'];

export class Nodes {
  /** Name of this node in commits: a node that starts again is another one. */
  readonly self: string;
  readonly #options: NodesOptions;
  readonly #membership: Membership;
  readonly #delivery: Delivery;
  readonly #discoverer: ClusterDiscoverer | undefined;
  readonly #listeners: readonly (readonly [string, (change?: { localService?: boolean }) => void])[];
  #actors: Service | undefined;
  #hosting: Service | undefined;
  /** The service of the same name that is being taken down. */
  #withdrawing: Promise<void> | undefined;
  #wantsActors = false;
  #peers: Peers;

  constructor(options: NodesOptions) {
    const { broker, kinds, weight, clusterId } = options;
    this.#options = options;
    const life = randomBytes(6).toString('base64url');
    this.self = `${broker.nodeID}#${life}`;
    this.#membership = { kinds, weight, clusterId, protocol: envelopeProtocol, life };
    this.#delivery = new Delivery(broker);
    this.#discoverer = discovererOf(broker);
    this.#peers = this.#look();
    this.#listeners = [
      ...changes.map((event) => [event, () => this.#refresh()] as const),
      ['$services.changed', (change) => void (change?.localService && this.#announce())],
      [awayEvent, () => options.wasAway()],
      [nameTakenEvent, () => options.nameTaken(nameTaken(broker.nodeID))],
    ];
  }

  /**
   * Makes this node known to the others.
   * @throws NODE_NAME_TAKEN where a node of this name is on the bus, CLUSTER_MISMATCH where one of another cluster is.
   */
  async start(): Promise<void> {
    const { broker, receive } = this.#options;
    await this.#discoverer?.settled();
    if (this.#discoverer?.nameTaken) throw nameTaken(broker.nodeID);
    this.#peers = this.#look();
    const [stranger] = this.#peers.strangers;
    if (stranger !== undefined) throw clusterMismatch(broker.nodeID, stranger);
    const { clusterId, protocol, life } = this.#membership;
    this.#actors = broker.createService({
      name: actorsService,
      metadata: { clusterId, protocol, life },
      actions: {
        deliver: {
          handler: ({ params }: Context<unknown>): unknown => {
            const answer = receive(this.#delivery.openEnvelope(params));
            // Most come at once.
            if (!(answer instanceof Promise)) return this.#delivery.packAnswer(answer);
            return answer.then((each) => this.#delivery.packAnswer(each));
          },
        },
      },
    });
    for (const [event, listener] of this.#listeners) broker.localBus.on(event, listener);
    this.host();
  }

  /** Lets actors be placed on this node. */
  host(): void {
    this.#wantsActors = true;
    // While one is taken down, another of its name would go with it: the others would see neither.
    if (this.#withdrawing || this.#hosting || !this.#actors || this.#membership.kinds.length === 0) return;
    this.#hosting = this.#options.broker.createService({ name: hostingService, metadata: { ...this.#membership } });
    this.#refresh();
  }

  /** No actor is placed on this node any more; those that are here are still reached. */
  async withdraw(): Promise<void> {
    this.#wantsActors = false;
    const hosting = this.#hosting;
    this.#hosting = undefined;
    if (hosting) {
      this.#withdrawing = this.#options.broker.destroyService(hosting).finally(() => {
        this.#withdrawing = undefined;
        if (this.#wantsActors) this.host();
      });
    }
    await this.#withdrawing;
    this.#refresh();
  }

  /** Takes this node out of the cluster; what is still anchored to it is held for lost. */
  async stop(): Promise<void> {
    const { broker } = this.#options;
    for (const [event, listener] of this.#listeners) broker.localBus.off(event, listener);
    await this.withdraw();
    if (this.#actors) await broker.destroyService(this.#actors);
    this.#actors = undefined;
  }

  /** The node that an actor is placed on; undefined where no node hosts its kind. */
  nodeOf(kind: string, id: string): string | undefined {
    const seats = this.#peers.seatsOf(kind);
    return seats && place(refOf(kind, id), seats);
  }

  /** Since when this process has stood still, where nobody has noticed yet. */
  stillSinceMs(nowMs: number): number | undefined {
    return this.#discoverer?.stillSinceMs(nowMs);
  }

  /** Whether this node hosts a kind and no other does. */
  isAloneWith(kind: string): boolean {
    const seats = this.#peers.seatsOf(kind) ?? [];
    return seats.length === 1 && seats[0]?.nodeId === this.#options.broker.nodeID;
  }

  /** Whether the node that wrote a commit still lives the life in which it did. */
  isAlive(writer: string): boolean {
    return writer === this.self || this.#peers.writers.has(writer);
  }

  /** It fails with RequestTimeout where the node says nothing in time, and with what `broker.call` throws. */
  send(nodeId: string, envelope: Envelope, timeoutMs: number, outcome: SendOutcome): void {
    const { broker, deadlines } = this.#options;
    const params = this.#delivery.packEnvelope(envelope);
    request(broker, deadlines, { nodeId, action: deliverAction, timeoutMs }, params, {
      came: (data) => outcome.answered(this.#delivery.openAnswer(data)),
      failed: (error) => outcome.failed(error),
    });
  }

  /** At once: Moleculer by itself would wait for a second in which nothing changes. */
  async #announce(): Promise<void> {
    await this.#options.broker.registry.discoverer?.sendLocalNodeInfo();
  }

  #refresh(): void {
    const before = this.#peers;
    this.#peers = this.#look();
    for (const node of this.#peers.strangers) {
      if (!before.strangers.has(node)) this.#options.logger.error({ node }, 'node of another cluster left aside');
    }
    for (const node of this.#peers.foreign) {
      if (before.foreign.has(node)) continue;
      this.#options.logger.error({ node }, 'node reads another envelope protocol, no actor is placed on it');
    }
    if (this.#peers.sameAs(before)) return;
    this.#options.changed({ joined: [...this.#peers.writers].some((writer) => !before.writers.has(writer)) });
  }

  #look(): Peers {
    const { broker, clusterId } = this.#options;
    const services = broker.registry.getServiceList({ onlyAvailable: true }) as unknown as readonly ListedService[];
    return new Peers(services, broker.nodeID, clusterId, this.#hosting && this.#membership);
  }
}

/** The name of a node in the name that it writes into commits. */
export function nodeNameOf(writer: string): string {
  return writer.slice(0, writer.lastIndexOf('#'));
}

function nameTaken(nodeId: string): FatalError {
  return new FatalError(
    'NODE_NAME_TAKEN',
    `Another node of the cluster is called ${nodeId} and was there first; give this one a name of its own (nodeId).`,
  );
}

function clusterMismatch(nodeId: string, stranger: string): FatalError {
  return new FatalError(
    'CLUSTER_MISMATCH',
    `Node ${nodeId} does not start: node ${stranger} on the same bus belongs to another cluster; give each cluster a name of its own, or all nodes the same database.`,
  );
}
