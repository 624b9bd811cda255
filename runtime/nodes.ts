/** The other nodes, as Moleculer's registry knows them, and the one action by which a command reaches them. */
import type { Context, Service, ServiceBroker } from 'moleculer';
import {
  type Answer,
  answer as answerCodec,
  type Envelope,
  envelope as envelopeCodec,
} from '#proto/generated/envelope.ts';
import { place } from './placement.ts';
import { refOf } from './refs.ts';

export type Wait = 'answer' | 'acceptance';

/** What crosses the bus: base64, as the bus's serializer may be JSON. */
interface Delivery {
  readonly envelope: string;
  readonly wait: Wait;
}

export interface NodesOptions {
  readonly broker: ServiceBroker;
  /** Kinds that this node hosts. */
  readonly kinds: readonly string[];
  /** Takes a command that another node sent. */
  receive(envelope: Envelope, wait: Wait): Promise<Answer>;
  /** Nodes came or went: actors may be placed elsewhere now. */
  changed(): void;
}

const serviceName = 'actors';
const changes = ['$services.changed', '$node.connected', '$node.disconnected'];

export class Nodes {
  readonly #options: NodesOptions;
  readonly #changed = (): void => this.#refresh();
  #service: Service | undefined;
  #hosts = new Map<string, readonly string[]>();

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  /** Makes this node's kinds known to the others. */
  start(): void {
    const { broker, kinds, receive } = this.#options;
    this.#service = broker.createService({
      name: serviceName,
      metadata: { kinds: [...kinds] },
      actions: {
        deliver: {
          async handler(context: Context<Delivery>): Promise<string> {
            const { envelope, wait } = context.params;
            const answered = await receive(envelopeCodec.decode(Buffer.from(envelope, 'base64')), wait);
            return Buffer.from(answerCodec.encode(answered)).toString('base64');
          },
        },
      },
    });
    for (const event of changes) broker.localBus.on(event, this.#changed);
    this.#hosts = this.#table();
  }

  /** Takes this node out of the others' placement. */
  async stop(): Promise<void> {
    const { broker } = this.#options;
    for (const event of changes) broker.localBus.off(event, this.#changed);
    if (this.#service) await broker.destroyService(this.#service);
  }

  /** The node that an actor is placed on; undefined where no node hosts its kind. */
  nodeOf(kind: string, id: string): string | undefined {
    const hosts = this.#hosts.get(kind);
    if (!hosts || hosts.length < 2) return hosts?.[0];
    return place(refOf(kind, id), hosts);
  }

  /** @throws what `broker.call` throws when the node is gone or says nothing in time. */
  async send(nodeId: string, envelope: Envelope, wait: Wait, timeoutMs: number): Promise<Answer> {
    const params: Delivery = { envelope: Buffer.from(envelopeCodec.encode(envelope)).toString('base64'), wait };
    const options = { nodeID: nodeId, timeout: timeoutMs, retries: 0 };
    const answered = await this.#options.broker.call<string, Delivery>(`${serviceName}.deliver`, params, options);
    return answerCodec.decode(Buffer.from(answered, 'base64'));
  }

  #refresh(): void {
    const before = JSON.stringify([...this.#hosts]);
    this.#hosts = this.#table();
    if (JSON.stringify([...this.#hosts]) !== before) this.#options.changed();
  }

  #table(): Map<string, readonly string[]> {
    const { broker, kinds } = this.#options;
    const table = new Map(kinds.map((kind) => [kind, [broker.nodeID]]));
    for (const service of broker.registry.getServiceList({ onlyAvailable: true })) {
      const { name, nodeID, metadata } = service as { name: string; nodeID: string; metadata: { kinds?: string[] } };
      if (name !== serviceName || nodeID === broker.nodeID) continue;
      for (const kind of metadata.kinds ?? []) table.set(kind, [...(table.get(kind) ?? []), nodeID].sort());
    }
    return new Map([...table].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}
