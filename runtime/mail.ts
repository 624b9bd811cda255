/** A command on its way, as it lies in a mailbox: not encoded unless it must leave the node. */
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';

export interface Mail {
  readonly command: Tagged;
  readonly commandId: string;
  /** The id was made for this sending, so that it cannot have been seen before. */
  readonly fresh: boolean;
  readonly sender: string;
  /** Empty until the actor takes it, where it comes from a timer. */
  correlationId: string;
  readonly causationId: string;
  /** Milliseconds since 1970. */
  readonly sentAtMs: number;
  /** How often it has crashed its actor. */
  crashes: number;
  /** Gives the sender its answer; harmless when called again. */
  readonly settle: (answered: Answered<Tagged>) => void;
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
