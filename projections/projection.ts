/** What a read model is made of: a pure function over the events of one kind of actor. */
import type { Codec, Tagged } from '#proto/codec.ts';

/** Where an event stands. */
export interface EventMeta {
  /** kind/id of the actor. */
  readonly stream: string;
  /** Id of the actor, which is the document's. */
  readonly id: string;
  /** Version of the commit that the event is in. */
  readonly version: number;
  /** When it was committed, milliseconds since 1970. */
  readonly atMs: number;
}

/** What a field holds: a short text, a number, yes or no, or numbers by a word, such as `outcomes.busy`. */
export type FieldType = 'text' | 'number' | 'flag' | 'counts';

/** What an event of another actor says of a document. */
export interface Mention<D> {
  readonly id: string;
  /** Pure, and the same however often and in whatever order it comes: it sets, it never counts. */
  apply(document: D | undefined): D;
}

export interface Projection<D extends object, E extends Tagged, M extends Tagged = never> {
  /** Of the read model, of its Moleculer service, and of what it is kept in. */
  readonly name: string;
  /** Raise it when the documents change their shape or their meaning: the model is then rebuilt at the next start. */
  readonly schema: number;
  /** The kind of actor: one document for each. */
  readonly kind: string;
  readonly event: Codec<E>;
  /** Every field of a document is always there. What is not named here does not exist for who asks. */
  readonly fields: Readonly<Record<keyof D, FieldType>>;
  /** Fields that are looked up often. */
  readonly indexes: readonly (keyof D & string)[];
  /** Pure: the document after an event. */
  apply(document: D | undefined, event: E, meta: EventMeta): D;
  /** Events of another kind that mention a document of this model. */
  readonly mentions?: {
    readonly kind: string;
    readonly event: Codec<M>;
    mentionOf(event: M): Mention<D> | undefined;
  };
  /**
   * The events of a kind in today's words, where older versions wrote them in others: as its actors read them. Absent:
   * as they stand.
   */
  readonly decode?: (kind: string, events: readonly Uint8Array[]) => readonly Tagged[];
}

/** A projection whose types are known to itself only. */
export type AnyProjection = Projection<Record<string, unknown>, Tagged, Tagged>;

/** Checks the types of a projection and forgets them. */
export function defineProjection<D extends object, E extends Tagged, M extends Tagged = never>(
  projection: Projection<D, E, M>,
): AnyProjection {
  return projection as unknown as AnyProjection;
}
