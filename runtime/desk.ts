/** What lies before an actor: mail in its order, and above it what was decided and waits for its commit. */
import type { Tagged } from '#proto/codec.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import type { Draft } from './draft.ts';
import { type Mail, Mailbox } from './mail.ts';
import { tellDecided } from './observing.ts';
import type { Surroundings } from './surroundings.ts';

/** Commands that one append takes at most. */
const batchLimit = 64;
/** No further command is taken with so many bytes: an append is one document, which MongoDB limits to 16 MiB. */
const batchBytes = 4 * 1024 * 1024;

interface Actor {
  readonly ref: string;
  readonly definition: AnyActorDefinition;
}

export class Desk {
  readonly #mailbox = new Mailbox();
  /** Undefined while the actor is not loaded. */
  draft: Draft | undefined;

  /** How many commands wait for the actor. */
  get depth(): number {
    return this.#mailbox.depth;
  }

  /** How many commands wait for the commit. */
  get undurable(): number {
    return this.draft?.size ?? 0;
  }

  /** Whether one append takes no more. */
  get isFull(): boolean {
    const { draft } = this;
    return draft !== undefined && (draft.size >= batchLimit || draft.bytes >= batchBytes);
  }

  /** Whether the actor is loaded and nothing waits. */
  get isClear(): boolean {
    return this.draft?.size === 0 && this.#mailbox.depth === 0;
  }

  /** The next, which stays where it is. */
  get first(): Mail | undefined {
    return this.#mailbox.first;
  }

  add(mail: Mail): void {
    // It waits, so that it matters when it was sent.
    void mail.sentAtMs;
    this.#mailbox.push(mail);
  }

  /** The next, which is taken off. */
  next(): Mail | undefined {
    return this.#mailbox.shift();
  }

  /** Decides a command that was the next. What the actor threw, if it did: then the command is the next again. */
  decide(mail: Mail, actor: Actor, { clock, observer }: Surroundings): { readonly error: unknown } | undefined {
    const { draft } = this;
    if (!draft) return undefined;
    const startMs = observer?.now() ?? 0;
    let taken: ReturnType<Draft['take']> | 'crashed' = 'crashed';
    let thrown: { readonly error: unknown } | undefined;
    try {
      taken = draft.take(mail, clock.now(), clock);
    } catch (error) {
      this.#mailbox.putBack([mail]);
      thrown = { error };
    }
    if (observer) tellDecided(observer, actor, draft, mail, taken, startMs);
    return thrown;
  }

  /** What was decided never happened, as somebody else wrote the stream; it is to be decided again, in its order. */
  undo({ mails }: Draft): void {
    // That somebody may have been ourselves, with a first try that was written after all.
    for (const mail of mails) mail.fresh = false;
    this.#mailbox.putBack(mails);
    this.draft = undefined;
  }

  /** Gives all that waits this answer. */
  refuse(refused: Answered<Tagged>): void {
    for (const mail of [...(this.draft?.mails ?? []), ...this.#mailbox.takeAll()]) mail.settle(refused);
  }

  /** Takes off what was not decided, and forgets the rest. */
  clear(): readonly Mail[] {
    this.draft = undefined;
    return this.#mailbox.takeAll();
  }
}
