/**
 * Nodes in one process that find and lose each other as on a bus: Moleculer's Fake transporter, our discoverer, one
 * journal for all, and a clock that is turned by hand.
 */
import { ServiceBroker } from 'moleculer';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import { ClusterDiscoverer } from '#runtime/discoverer.ts';
import { place, seat } from '#runtime/placement.ts';
import type { RuntimeOptions } from '#runtime/runtime.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { TestJournal, type TestNode, testNode } from '#test/runtime-kit.ts';
import { cut, silence } from '#test/wires.ts';

export type ClusterNode = TestNode & { readonly name: string; readonly journal: TestJournal };

/** The Fake transporter is one for the whole process: each cluster has a name space of its own. */
let spaces = 0;
/** Until a node that is started was heard by all. */
const joinMs = 1500;
/** Until a node that fell silent is lost to all, and what was its has been woken. */
export const lossMs = 4000;

export class TestCluster {
  readonly clock = new ManualClock();
  readonly data = new JournalData();
  readonly #space = `kit-${spaces++}`;
  readonly #open = new Set<ClusterNode>();

  /** Starts a node that all others see. */
  async join(
    name: string,
    actors: readonly AnyActorDefinition[],
    options: Partial<RuntimeOptions> = {},
  ): Promise<ClusterNode> {
    const broker = new ServiceBroker({
      nodeID: name,
      namespace: this.#space,
      logger: false,
      internalServices: false,
      transporter: 'Fake',
      serializer: 'JSON',
      registry: { discoverer: new ClusterDiscoverer({ clock: options.clock ?? this.clock }), stopDelay: 0 },
    } as ConstructorParameters<typeof ServiceBroker>[0]);
    const journal = new TestJournal(this.data);
    const node = { ...testNode(journal, this.clock, actors, broker, options), name, journal };
    this.#open.add(node);
    await broker.start();
    await this.meanwhile(node.runtime.start(), joinMs);
    return node;
  }

  /** Lets time pass, and waits for what it brings about. */
  async meanwhile<T>(promise: Promise<T>, ms = 1000): Promise<T> {
    await this.clock.advance(ms);
    return promise;
  }

  /** Nothing goes between the two, while each still hears itself and others. Mend with the function returned. */
  part(left: ClusterNode, right: ClusterNode): () => void {
    const mends = [cut(left.name, right.broker), cut(right.name, left.broker)];
    return () => {
      for (const mend of mends) mend();
    };
  }

  /** The process of the node is gone: it says nothing, hears nothing, writes nothing. */
  kill(node: ClusterNode): void {
    silence(node.broker);
    node.journal.cut();
  }

  /** Leaves as a node does that is told to. */
  async leave(node: ClusterNode): Promise<void> {
    this.#open.delete(node);
    await this.meanwhile(node.runtime.stop({ graceMs: 100 }), 200);
    await node.broker.stop();
    await this.clock.settle();
  }

  async stop(): Promise<void> {
    for (const node of [...this.#open]) await this.leave(node);
  }
}

/** An id of the kind that lives on this one of the nodes. */
export function idOn(name: string, nodes: readonly string[], kind = 'tally'): string {
  const seats = nodes.map((node) => seat(node));
  for (let count = 0; ; count += 1) if (place(`${kind}/id-${count}`, seats) === name) return `id-${count}`;
}

/** Which actors a node has in memory. */
export function activeOn({ runtime }: TestNode): readonly string[] {
  return runtime
    .activations()
    .map(({ ref }) => ref)
    .sort();
}
