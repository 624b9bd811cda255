/** A command on its way, as it lies in a mailbox: not encoded unless it must leave the node. */
import type { Clock } from '#ports/clock.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import type { Deadlines, Waiting } from './deadlines.ts';

export interface Mail {
  readonly command: Tagged;
  readonly commandId: string;
  /** The id was made for this sending, so that it cannot have been seen before. */
  fresh: boolean;
  readonly sender: string;
  /** Empty until the actor takes it, where it comes from a timer. */
  correlationId: string;
  readonly causationId: string;
  /** Milliseconds since 1970. */
  readonly sentAtMs: number;
  /** How often it has crashed its actor. */
  crashes: number;
  /** How it came here, where another node sent it. */
  readonly way?: Way;
  /** Takes it back, where its sender keeps its commands in order: the actor has moved, and nothing of it was done. */
  comeBack?(): void;
  /** Gives the sender its answer; harmless when called again. */
  settle(answered: Answered<Tagged>): void;
}

export interface Way {
  /** How often it was sent on by a node that does not have the actor. */
  readonly hops: number;
  /** The journal was said to name this node as the one that the actor stays on. */
  readonly anchored: boolean;
}

/** Mail whose sender waits for the answer, or for no longer than it said. */
export class AskedMail implements Mail, Waiting {
  readonly command: Tagged;
  readonly commandId: string;
  fresh: boolean;
  readonly sender: string;
  correlationId: string;
  readonly causationId: string;
  crashes = 0;
  dueAtMs = 0;
  readonly #clock: Clock;
  #sentAtMs = 0;
  #settled = false;
  #late: (() => Answered<Tagged>) | undefined;
  #answered: Answered<Tagged> | undefined;
  #resolve: ((answered: Answered<Tagged>) => void) | undefined;

  constructor(
    command: Tagged,
    commandId: string,
    fresh: boolean,
    sender: string,
    correlationId: string,
    causationId: string,
    clock: Clock,
  ) {
    this.command = command;
    this.commandId = commandId;
    this.fresh = fresh;
    this.sender = sender;
    this.correlationId = correlationId;
    this.causationId = causationId;
    this.#clock = clock;
  }

  /** Read when it first matters, which is at once where the command waits or leaves: most are answered before it does. */
  get sentAtMs(): number {
    this.#sentAtMs ||= this.#clock.now();
    return this.#sentAtMs;
  }

  settle(answered: Answered<Tagged>): void {
    this.#settled = true;
    if (this.#resolve) this.#resolve(answered);
    else this.#answered ??= answered;
  }

  get isOver(): boolean {
    return this.#settled;
  }

  expire(): void {
    if (this.#late) this.settle(this.#late());
  }

  /** The answer, where it came at once. */
  get now(): Promise<Answered<Tagged>> | undefined {
    return this.#answered && Promise.resolve(this.#answered);
  }

  /** The answer that is still to come; after so long, the one that `late` gives. */
  later(deadlines: Deadlines, timeoutMs: number, late: () => Answered<Tagged>): Promise<Answered<Tagged>> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#late = late;
      deadlines.add(timeoutMs, this);
    });
  }
}

/** First in, first out; what could not be done yet goes back to the front. */
export class Mailbox {
  #items: (Mail | undefined)[] = [];
  #first = 0;

  get depth(): number {
    return this.#items.length - this.#first;
  }

  /** The next, still in the box. */
  get first(): Mail | undefined {
    return this.#items[this.#first];
  }

  push(mail: Mail): void {
    this.#items.push(mail);
  }

  shift(): Mail | undefined {
    const mail = this.#items[this.#first];
    if (mail === undefined) return undefined;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first === this.#items.length) {
      this.#items = [];
      this.#first = 0;
    } else if (this.#first >= 1024 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return mail;
  }

  /** Puts mail back in front, in its order. */
  putBack(mails: readonly Mail[]): void {
    this.#items = [...mails, ...this.#items.slice(this.#first)];
    this.#first = 0;
  }

  /** Empties the box. */
  takeAll(): readonly Mail[] {
    const mails = this.#items.slice(this.#first) as Mail[];
    this.#items = [];
    this.#first = 0;
    return mails;
  }
}
