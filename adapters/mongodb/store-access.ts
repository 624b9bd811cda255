/** What every store on the database does around its work: it says its name in errors, and can be closed. */
import { FatalError } from '#ports/errors.ts';
import { storeFailure } from './failure.ts';

export class StoreAccess {
  readonly #store: string;
  readonly #running = new Set<Promise<unknown>>();
  readonly #turns = new Map<string, Promise<unknown>>();
  #closed = false;

  /** `store` names it in sentences, such as `list of leads`. */
  constructor(store: string) {
    this.#store = store;
  }

  /** @throws STORE_UNAVAILABLE for what the database refuses or cannot do now. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new FatalError('STORE_UNAVAILABLE', `The ${this.#store} is closed.`));
    const done = work().catch((error: unknown) => {
      throw storeFailure(error, this.#store, 'STORE_UNAVAILABLE');
    });
    this.#running.add(done);
    const forget = () => this.#running.delete(done);
    done.then(forget, forget);
    return done;
  }

  /** The same, one after the other for each key: they would only get in each other's way. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.run(() => {
      const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
      this.#turns.set(key, turn);
      const leave = () => {
        if (this.#turns.get(key) === turn) this.#turns.delete(key);
      };
      turn.then(leave, leave);
      return turn;
    });
  }

  /** Resolves when what runs has ended. The connection is not ours and stays. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }
}
