/** What a person who operates the cluster can ask of one node, and tell it. Answers are plain data of bounded size. */
import type { ActivationInfo, Hosting } from '#runtime/runtime.ts';

/** Answers hold at most so many actors, names or commits. */
export const mostListed = 1000;

/** A node, as it says itself. */
export interface NodeLoad {
  readonly node: string;
  /** Its name in the commits that it writes. */
  readonly life: string;
  readonly roles: readonly string[];
  readonly version: string;
  /** Its share of the actors, against that of the others. */
  readonly weight: number;
  readonly hosting: Hosting;
  readonly upMs: number;
  /** How many are in memory, by kind. */
  readonly actors: Readonly<Record<string, number>>;
  /** Commands that wait in all mailboxes. */
  readonly mailboxDepth: number;
  /** How far what it makes of the journal is behind the journal; absent where it makes nothing, or is not known. */
  readonly lagMs?: number;
  /** How far its clock is ahead of the time that most nodes agree on; absent where that is not worth a word. */
  readonly clockOffMs?: number;
  /** How long ago other nodes went out of sight without a word, by their names, ms: those that it has missed itself. */
  readonly missingMs: Readonly<Record<string, number>>;
}

export interface ActivationQuery {
  readonly kind?: string;
  readonly id?: string;
  readonly limit: number;
}

export interface Activations {
  readonly actors: readonly ActivationInfo[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

export interface ActorRef {
  readonly kind: string;
  readonly id: string;
}

/** An actor as of its last commit. */
export interface Inspected {
  /** 0: it has none yet. */
  readonly version: number;
  readonly mailboxDepth: number;
  /** Whether it is in the memory of the node that was asked. */
  readonly active: boolean;
  /** JSON for a person, without bytes, cut where it is long. */
  readonly state: string;
}

export interface EventQuery extends ActorRef {
  /** Version of the last commit that is known already; 0: none. */
  readonly after: number;
  /** Commits. */
  readonly limit: number;
}

export interface ListedEvent {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly type: string;
  /** JSON for a person, without bytes, cut where it is long. */
  readonly fields: string;
}

export interface Events {
  readonly events: readonly ListedEvent[];
  /** Of the last commit that was read. */
  readonly version: number;
  readonly more: boolean;
}

export interface StreamQuery {
  readonly kind: string;
  /** What ids begin with. */
  readonly prefix: string;
  readonly limit: number;
}

/** To drain, or to take actors again. */
export interface Order {
  /** A node takes none that is lower than one that it has. */
  readonly order: number;
  /** The life of the node that it is meant for; another one leaves it aside. */
  readonly life: string;
  readonly hosting: boolean;
}

export interface Obeyed {
  readonly life: string;
  readonly hosting: Hosting;
  /** Why it refused; empty where it did not. */
  readonly refusal: string;
}

export interface Operations {
  load(): Promise<NodeLoad>;
  /** The actors in memory. */
  activations(query: ActivationQuery): Promise<Activations>;
  /** @throws ACTOR_KIND_UNKNOWN where the node does not host the kind, JOURNAL_BROKEN, JOURNAL_UNAVAILABLE. */
  inspect(ref: ActorRef): Promise<Inspected>;
  /**
   * What the journal has of an actor, whoever wrote it.
   * @throws ACTOR_KIND_UNKNOWN, JOURNAL_BROKEN, JOURNAL_UNAVAILABLE.
   */
  events(query: EventQuery): Promise<Events>;
  /** Ids of the actors of a kind that the journal knows, in order. */
  streams(query: StreamQuery): Promise<readonly string[]>;
  /** Answers at once. A drain that takes longer is reported when it is done (LocalOperationsOptions). */
  order(order: Order): Promise<Obeyed>;
}
