/** What tests of the runtime share: nodes on a manual clock, and a journal that can be held back or cut off. */
import { ServiceBroker } from 'moleculer';
import type { Journal, NewEntry } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from '#runtime/runtime.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { otherTallyProtocol, tallyProtocol } from '#test/fakes/tally-actor.ts';

/** A memory journal whose appends a test counts, holds back, fails and cuts off. */
export class TestJournal extends MemoryJournal {
  /** Every append that was asked for. */
  readonly appends: (readonly NewEntry[])[] = [];
  /** Errors that the next appends throw, one each. */
  readonly failures: Error[] = [];
  #gate: { promise: Promise<void>; open: () => void } | undefined;

  /** Appends wait from now on, until `release`. */
  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = { promise, open: resolve };
  }

  /** From now on nothing is written and nobody hears why: the process of this journal has died. */
  cut(): void {
    this.#gate = { promise: new Promise(() => undefined), open: () => undefined };
  }

  release(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  override async append(entries: readonly NewEntry[]): Promise<void> {
    this.appends.push(entries);
    await this.#gate?.promise;
    const failure = this.failures.shift();
    if (failure) throw failure;
    await super.append(entries);
  }
}

export interface LogEntry {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A logger that keeps what it is told. */
export function testLogger(): Logger & { readonly lines: readonly LogEntry[] } {
  const lines: LogEntry[] = [];
  const at = (level: string) => (fields: LogEntry['fields'], message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface TestNode {
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
  readonly logger: ReturnType<typeof testLogger>;
}

/** A runtime that was not started, on a broker that talks to nobody. */
export function testNode(
  journal: Journal,
  clock: ManualClock,
  actors: readonly AnyActorDefinition[],
  broker = new ServiceBroker({ nodeID: 'node-1', logger: false }),
  more: Partial<RuntimeOptions> = {},
): TestNode {
  const logger = testLogger();
  const protocols = [tallyProtocol, otherTallyProtocol];
  return { broker, logger, runtime: createRuntime({ broker, journal, clock, logger, actors, protocols, ...more }) };
}

/** A started node on a clock and a journal of its own, or on what is given. */
export async function startedNode(
  actors: readonly AnyActorDefinition[],
  { journal = new TestJournal(), clock = new ManualClock() } = {},
) {
  const node = testNode(journal, clock, actors);
  await node.runtime.start();
  return { ...node, journal, clock };
}

export const add = (amount: number) => ({ type: 'Add', amount }) as const;
export const read = { type: 'Read' } as const;

/** Lets promises settle until something holds; fails where it never does. */
export async function until(clock: ManualClock, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100 && !holds(); turn += 1) await clock.settle();
  if (!holds()) throw new Error('What the test waits for does not happen.');
}
