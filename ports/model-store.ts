/**
 * Where the documents of one read model are. They are a cache of the journal: a store that lost them is empty, says so
 * by having no state, and is filled again. Several may write at once; a document's revision is the fence between them.
 */
import type { DbAdapter } from 'moleculer-db';
import type { Position } from './journal.ts';

/** A document as the store keeps it: what a projection made of events, and how far it is. */
export interface ModelDocument {
  /** Id of the actor that it is about. */
  readonly _id: string;
  /** Version of the actor's stream that was applied last; 0 where none was. */
  readonly version: number;
  /** How often the document was written; 1 when it is new. */
  readonly revision: number;
  readonly [field: string]: unknown;
}

/** How far a read model has come. */
export interface ModelState {
  /** New with each emptying, so that whoever filled the model before notices. */
  readonly generation: string;
  /** Shape of the documents; a store of another shape is emptied. */
  readonly schema: number;
  /** Everything up to here is in the documents. */
  readonly position: Position;
}

export interface ModelStore {
  /** Makes it ready for use; again, where it failed or the store was away. */
  open(): Promise<void>;
  /** Those of the documents that there are, in any order. */
  load(ids: readonly string[]): Promise<readonly ModelDocument[]>;
  /**
   * Writes documents, each only where what is kept is the revision before it, or nothing for revision 1. False where
   * somebody else was faster with one of them: others may have been written; load and apply again.
   */
  save(documents: readonly ModelDocument[]): Promise<boolean>;
  /** Undefined where the model was never filled, or was lost. */
  state(): Promise<ModelState | undefined>;
  /** Keeps a new position; false where the model was emptied since that generation. */
  moveTo(generation: string, position: Position): Promise<boolean>;
  /** Empties the model, then keeps the state that it begins with. */
  reset(state: ModelState): Promise<void>;
  /** Lets go of it. */
  close(): Promise<void>;
}

/** A store that moleculer-db can read, too. */
export type ModelAdapter = ModelStore & DbAdapter;

/** Id of the document that the state is kept in, beside the others: no actor can have it. */
export const stateId = '~state';
