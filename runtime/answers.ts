/** What an actor answered to its last commands, so that a command sent twice has its effect once. */
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';

/**
 * Older command ids are forgotten: whoever repeats a command does so within this many others. While an actor stays in
 * memory, commands under a fresh id do not count, for nobody can repeat those; after a reload all commits do, because a
 * commit does not say whether its id was fresh.
 */
export const rememberedAnswers = 512;

/**
 * Answers by command id. Only commands with events are kept: the others had no effect, and are decided again.
 */
export class Answers {
  readonly #byCommand = new Map<string, Answered<Tagged>>();

  constructor(entries: Iterable<readonly [string, Answered<Tagged>]> = []) {
    for (const [commandId, answered] of entries) this.remember(commandId, answered);
  }

  get(commandId: string): Answered<Tagged> | undefined {
    return this.#byCommand.get(commandId);
  }

  remember(commandId: string, answered: Answered<Tagged>): void {
    this.#byCommand.set(commandId, answered);
    if (this.#byCommand.size <= rememberedAnswers) return;
    for (const oldest of this.#byCommand.keys()) {
      this.#byCommand.delete(oldest);
      break;
    }
  }

  entries(): (readonly [string, Answered<Tagged>])[] {
    return [...this.#byCommand];
  }
}
