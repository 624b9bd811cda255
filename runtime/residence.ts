/** Whether an actor in memory is to stay on this node: placed here, or held here by its state for as long as we live. */
import type { AnyActorDefinition } from './actor.ts';
import type { Replayed } from './replayed.ts';
import type { Surroundings } from './surroundings.ts';

type Written = Pick<Replayed, 'state' | 'node'>;

/** What an actor finds when it has been read from the journal. */
export interface Arrival {
  /** The living node that holds it, where that is another one: it must not be here. */
  readonly holder: string | undefined;
  /** It was held here, and others have written meanwhile. */
  readonly deposed: boolean;
}

export class Residence {
  readonly #definition: AnyActorDefinition;
  readonly #around: Surroundings;
  /** Placed elsewhere: it leaves once nothing is in flight, unless it is anchored. */
  #retiring = false;
  /** Held by this node for as long as it lives: state and journal say so, as of the last commit. */
  #anchored = false;

  constructor(definition: AnyActorDefinition, around: Surroundings) {
    this.#definition = definition;
    this.#around = around;
  }

  get isAnchored(): boolean {
    return this.#anchored;
  }

  /** Whether it leaves once nothing is in flight. */
  get isOver(): boolean {
    return this.#retiring && !this.#anchored;
  }

  /** Whether it leaves with what it has in flight, which was in vain. */
  isOverFor(id: string): boolean {
    return !this.#anchored && (this.#retiring || !this.#around.isHere(this.#definition.protocol.kind, id));
  }

  /** The actor is placed on another node now. */
  retire(): void {
    this.#retiring = true;
  }

  /** The actor is placed on this node. */
  stay(): void {
    this.#retiring = false;
  }

  committed(durable: Written): void {
    this.#anchored = this.#holderOf(durable) === this.#around.self;
  }

  loaded(id: string, written: Written): Arrival {
    const { self, isAlive, isHere } = this.#around;
    const holder = this.#holderOf(written);
    const deposed = this.#anchored && written.node !== self;
    this.#anchored = holder === self;
    const isElsewhere = holder !== undefined && holder !== self && isAlive(holder);
    if (!isElsewhere) this.#retiring = !isHere(this.#definition.protocol.kind, id);
    return { holder: isElsewhere ? holder : undefined, deposed };
  }

  /** The life of the node that holds the actor, where it is anchored. */
  #holderOf({ state, node }: Written): string | undefined {
    return this.#definition.anchored?.(state) ? node : undefined;
  }
}
