/** Follows the journal into one read model, from where the model is; goes on by itself when a store was away. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '#ports/clock.ts';
import { codeOf } from '#ports/errors.ts';
import type { Journal, Position, StoredEntry, Subscription } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { ModelState, ModelStore } from '#ports/model-store.ts';
import { applyEntries, ProjectionBroken } from './applying.ts';
import type { AnyProjection } from './projection.ts';

export interface ProjectorOptions {
  readonly projection: AnyProjection;
  readonly store: ModelStore;
  readonly journal: Pick<Journal, 'read' | 'readAll' | 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * idle: another node follows; following; waiting: the journal or the store is away, it tries again; broken: an event
 * cannot be applied, the log says which, and nothing more happens until the next start.
 */
export type ProjectorPhase = 'idle' | 'following' | 'waiting' | 'broken';

const backoff = { minMs: 250, maxMs: 30_000 };
/** Entries that concern others: the position is kept after so many, so that a start need not read them all again. */
const passedAtMost = 2000;

export class Projector {
  readonly #options: ProjectorOptions;
  #phase: ProjectorPhase = 'idle';
  #generation = '';
  #position: Position = '';
  #passed = 0;
  #failures = 0;
  #subscription: Subscription | undefined;
  /** One thing after another, however fast start and stop are asked for. */
  #turn: Promise<void> = Promise.resolve();
  #cancelRetry = (): void => {};

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  get phase(): ProjectorPhase {
    return this.#phase;
  }

  /** Begins to follow, where it does not already. */
  start(): void {
    if (this.#phase !== 'idle') return;
    this.#phase = 'following';
    void this.#next(() => this.#follow());
  }

  /** Resolves when nothing is written any more. */
  stop(): Promise<void> {
    if (this.#phase !== 'broken') this.#phase = 'idle';
    this.#cancelRetry();
    return this.#next(() => this.#unsubscribe());
  }

  /** How old the oldest entry is that it has not seen; 0 where there is none, undefined where it does not follow. */
  async lagMs(): Promise<number | undefined> {
    if (this.#phase === 'idle') return undefined;
    const [next] = await this.#options.journal.readAll(this.#position, 1);
    return next ? Math.max(0, this.#options.clock.now() - next.atMs) : 0;
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => this.#interrupted(error));
    return this.#turn;
  }

  async #unsubscribe(): Promise<void> {
    await this.#subscription?.stop();
    this.#subscription = undefined;
  }

  async #follow(): Promise<void> {
    const { projection, store, journal, logger } = this.#options;
    await this.#unsubscribe();
    if (this.#isIdle()) return;
    const { state, emptied } = await stateOf(projection, store);
    if (this.#isIdle()) return;
    if (emptied) logger.info({ model: projection.name }, 'the read model is filled from the beginning of the journal');
    this.#generation = state.generation;
    this.#position = state.position;
    this.#phase = 'following';
    this.#subscription = journal.subscribe(
      state.position,
      (entries) => this.#take(entries),
      (error) => this.#interrupted(error),
    );
  }

  #isIdle(): boolean {
    return this.#phase === 'idle';
  }

  async #take(entries: readonly StoredEntry[]): Promise<void> {
    const { projection, store, journal } = this.#options;
    const concerned = await applyEntries(projection, store, journal, entries);
    const position = entries.at(-1)?.position ?? this.#position;
    this.#passed += entries.length;
    if (concerned > 0 || this.#passed >= passedAtMost) {
      if (!(await store.moveTo(this.#generation, position))) throw new Emptied();
      this.#passed = 0;
    }
    this.#position = position;
    this.#failures = 0;
  }

  #interrupted(error: unknown): void {
    const { projection, clock, logger } = this.#options;
    if (this.#isIdle() || codeOf(error) === 'JOURNAL_CLOSED') return;
    const model = projection.name;
    if (error instanceof ProjectionBroken) {
      this.#phase = 'broken';
      logger.error(
        { model, at: error.at, err: error.cause },
        'the read model stands still: an event cannot be applied',
      );
      return;
    }
    const delayMs = error instanceof Emptied ? 0 : Math.min(backoff.minMs * 2 ** this.#failures++, backoff.maxMs);
    if (delayMs > 0) {
      this.#phase = 'waiting';
      logger.warn({ model, why: (error as Error).message, delayMs }, 'the read model waits for its store or journal');
    }
    this.#cancelRetry = clock.after(delayMs, () => void this.#next(() => this.#follow()));
  }
}

/** Somebody emptied the model: it begins anew. */
class Emptied extends Error {}

/**
 * What the store says; a store without a state, or of an older shape, is emptied first.
 * @throws where a newer version of Callboard fills the model.
 */
export async function stateOf(
  projection: AnyProjection,
  store: ModelStore,
): Promise<{ readonly state: ModelState; readonly emptied: boolean }> {
  const kept = await store.state();
  if (kept && kept.schema > projection.schema) {
    throw new Error(`The read model ${projection.name} is of a newer version of Callboard: leave it to nodes of that.`);
  }
  if (kept?.schema === projection.schema) return { state: kept, emptied: false };
  return { state: await emptied(projection, store), emptied: true };
}

/** Empties a model; whoever fills it meanwhile notices, and begins anew too. */
export async function emptied(projection: AnyProjection, store: ModelStore): Promise<ModelState> {
  const state = { generation: randomUUID(), schema: projection.schema, position: '' };
  await store.reset(state);
  return state;
}
