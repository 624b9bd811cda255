/** What Moleculer's registry says of the cluster at one moment: who lives, and who hosts which kinds. */
import { envelopeProtocol } from './envelopes.ts';
import { type Seat, seat } from './placement.ts';

/** What a node says of itself on the bus. */
export interface Membership {
  readonly kinds: readonly string[];
  readonly weight: number;
  readonly clusterId: string | undefined;
  /** Version of the envelope that it reads. */
  readonly protocol: number;
  /** New at each start of the process. */
  readonly life: string;
}

/** A service in the registry; nothing of the metadata can be relied on. */
export interface ListedService {
  readonly name: string;
  readonly nodeID: string;
  readonly metadata?: { readonly [Key in keyof Membership]?: unknown };
}

/** Takes envelopes until the node has left. */
export const actorsService = 'actors';
/** Its being there is what placement sees. */
export const hostingService = 'hosting';

export class Peers {
  /** Nodes that live, by the names that they write into commits. */
  readonly writers: ReadonlySet<string>;
  /** Nodes of another cluster on the same bus. */
  readonly strangers: ReadonlySet<string>;
  /** Nodes of this cluster that host actors and read another version of the envelope: no actor is placed on them. */
  readonly foreign: ReadonlySet<string>;
  readonly #seats = new Map<string, Seat[]>();
  readonly #text: string;

  /** `own` is what this node hosts; the registry may not know it yet. */
  constructor(services: readonly ListedService[], nodeId: string, clusterId: string | undefined, own?: Membership) {
    const others = services.filter(({ nodeID }) => nodeID !== nodeId);
    const strangers = others.filter(({ metadata }) => isStranger(clusterId, metadata?.clusterId));
    this.strangers = new Set(strangers.map(({ nodeID }) => nodeID));
    const ours = others.filter(({ nodeID }) => !this.strangers.has(nodeID));
    this.writers = new Set(
      ours.filter(({ name }) => name === actorsService).map(({ nodeID, metadata }) => `${nodeID}#${metadata?.life}`),
    );
    const hosting = ours.filter(({ name }) => name === hostingService);
    this.foreign = new Set(
      hosting.filter(({ metadata }) => metadata?.protocol !== envelopeProtocol).map(({ nodeID }) => nodeID),
    );
    for (const { nodeID, metadata } of hosting) {
      if (!this.foreign.has(nodeID)) this.#seat(nodeID, metadata?.kinds, metadata?.weight);
    }
    if (own) this.#seat(nodeId, own.kinds, own.weight);
    const seats = [...this.#seats].map(([kind, each]) => [kind, ...each.map((one) => [one.nodeId, one.weight]).sort()]);
    this.#text = JSON.stringify([[...this.writers].sort(), seats.sort()]);
  }

  /** Where actors of a kind are placed; undefined where nobody hosts it. */
  seatsOf(kind: string): readonly Seat[] | undefined {
    return this.#seats.get(kind);
  }

  sameAs(other: Peers): boolean {
    return this.#text === other.#text;
  }

  #seat(nodeId: string, kinds: unknown, weight: unknown): void {
    if (!Array.isArray(kinds)) return;
    const taken = seat(nodeId, typeof weight === 'number' && weight > 0 && weight < Infinity ? weight : 1);
    for (const kind of kinds) {
      const seats = this.#seats.get(kind);
      if (seats) seats.push(taken);
      else this.#seats.set(kind, [taken]);
    }
  }
}

/** A console that was told no cluster's id takes what it finds. */
function isStranger(clusterId: string | undefined, other: unknown): boolean {
  return clusterId !== undefined && typeof other === 'string' && other !== clusterId;
}
