/** Follows one actor: its events are printed as they are committed, by whichever node. */
import type { Clock } from '#ports/clock.ts';
import type { Fleet } from '#runtime/operations/fleet.ts';
import type { ActorRef, ListedEvent } from '#runtime/operations/operations.ts';

/** How often the journal is asked for more. */
const everyMs = 300;
const commitsAtOnce = 200;

export interface TailingOptions {
  readonly fleet: Pick<Fleet, 'events'>;
  readonly clock: Clock;
  print(line: string): void;
}

export class Tailing {
  readonly #options: TailingOptions;
  #followed: { readonly name: string } | undefined;

  constructor(options: TailingOptions) {
    this.#options = options;
  }

  /** Prints what comes after a version, until `stop` or the next `start`. */
  start(ref: ActorRef, after: number): void {
    const followed = { name: `${ref.kind}/${ref.id}` };
    this.#followed = followed;
    void this.#follow(followed, ref, after);
  }

  /** The name of the actor that is followed no more; undefined where none was. */
  stop(): string | undefined {
    const name = this.#followed?.name;
    this.#followed = undefined;
    return name;
  }

  async #follow(followed: { readonly name: string }, ref: ActorRef, after: number): Promise<void> {
    const { fleet, clock, print } = this.#options;
    const isOver = () => this.#followed !== followed;
    let version = after;
    let failing = false;
    while (!isOver()) {
      try {
        const part = await fleet.events({ ...ref, after: version, limit: commitsAtOnce });
        if (isOver()) return;
        for (const event of part.events) print(lineOf(event));
        version = part.version;
        failing = false;
        if (part.more) continue;
      } catch (error) {
        // Once: it may last, and it may pass.
        if (!failing && !isOver()) print(`${followed.name} is followed again when this has passed: ${textOf(error)}`);
        failing = true;
      }
      await new Promise<void>((resolve) => clock.after(everyMs, resolve));
    }
  }
}

/** An event as a line. */
export function lineOf({ version, atMs, type, fields }: ListedEvent): string {
  return `${version}  ${new Date(atMs).toISOString()}  ${type}  ${fields}`;
}

function textOf(error: unknown): string {
  return (error as Error).message;
}
