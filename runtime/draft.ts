/** What an actor has decided and not committed yet, on top of what is durable. */
import type { SteadyClock } from '#ports/clock.ts';
import type { NewEntry } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import { type Decided, decided, type Setting, type Tail } from './decided.ts';
import type { Decision } from './decision.ts';
import type { Mail } from './mail.ts';
import { accepted, type Replayed } from './replayed.ts';

/** Without `decided`, an answer that was read from what others decided, and waits for their commit. */
interface Item {
  readonly mail: Mail;
  readonly answered: Answered<Tagged>;
  readonly decided?: Decided;
  /** When, by a clock that nobody sets. */
  readonly decidedAtMs: number;
}

/** A command whose events are durable. */
export interface Done {
  readonly mail: Mail;
  readonly decided: Decided;
  readonly decidedAtMs: number;
}

/**
 * One for all. An empty array for each actor would live as long as the actor waits, V8 would put all later ones among
 * the old objects, and every command in them would outlive the collection of the young.
 */
const none: Item[] = [];

export class Draft {
  readonly #setting: Setting;
  #durable: Replayed;
  /** With what the items add. */
  #tail: Tail;
  #items: Item[] = none;
  #bytes = 0;
  /** Of the last commit, in the same bytes each time: a new array would make three old objects of each commit. */
  #hash: Uint8Array | undefined;

  constructor(setting: Setting, durable: Replayed) {
    this.#setting = setting;
    this.#durable = durable;
    this.#tail = durable;
  }

  /** As of the last commit. */
  get durable(): Replayed {
    return this.#durable;
  }

  /** How many commands wait for the commit. */
  get size(): number {
    return this.#items.length;
  }

  /** Of the commits that it will be. */
  get bytes(): number {
    return this.#bytes;
  }

  get mails(): readonly Mail[] {
    return this.#items.map(({ mail }) => mail);
  }

  get entries(): readonly NewEntry[] {
    const entries: NewEntry[] = [];
    for (const { decided } of this.#items) if (decided) entries.push(decided.entry);
    return entries;
  }

  /** Version of the last commit that it will be. */
  get tailVersion(): number {
    return this.#tail.version;
  }

  /**
   * Decides one command. The answer goes out at once where nothing undurable was read, else with the commit.
   * Throws what the actor throws; then nothing of the command is in the draft.
   */
  take(mail: Mail, nowMs: number, clock: SteadyClock): Decision<Tagged, Tagged> | 'repeated' {
    const before = mail.fresh ? undefined : this.#answerTo(mail.commandId);
    if (before) {
      this.#answer(mail, before);
      return 'repeated';
    }
    // A timer knows no cause: it goes on with that of the last commit.
    mail.correlationId ||= this.#durable.correlationId || mail.commandId;
    const { commandId, correlationId, sender } = mail;
    const meta = { actorId: this.#setting.id, commandId, correlationId, sender, nowMs };
    const decision = this.#setting.definition.decide(this.#tail.state, mail.command, meta);
    if ('rejection' in decision) {
      this.#answer(mail, { ok: false, rejection: decision.rejection });
    } else if (decision.events.length === 0) {
      this.#answer(mail, accepted(this.#tail.version, decision.reply));
    } else {
      const added = decided(this.#setting, this.#tail, mail, nowMs, decision);
      this.#tail = added.tail;
      this.#bytes += added.entry.bytes.length;
      this.#add({ mail, answered: added.answered, decided: added, decidedAtMs: clock.elapsed() });
    }
    return decision;
  }

  /** All of it is durable: gives the answers, and what is to be done now. */
  committed(): readonly Done[] {
    const items = this.#items;
    this.#items = none;
    this.#bytes = 0;
    const { answers, snapshotVersion } = this.#durable;
    const { node } = this.#setting;
    const done: Done[] = [];
    let last: Done | undefined;
    for (const { mail, answered, decided, decidedAtMs } of items) {
      if (decided) {
        // Nobody can send a fresh id again; after a reload it is there all the same.
        if (!mail.fresh) answers.remember(mail.commandId, answered);
        last = { mail, decided, decidedAtMs };
        done.push(last);
      }
    }
    if (last) {
      const { state, version } = last.decided.tail;
      const { correlationId } = last.mail;
      const hash = this.#keep(last.decided.tail.hash);
      this.#durable = { state, version, hash, snapshotVersion, correlationId, node, answers };
      this.#tail = this.#durable;
    }
    for (const { mail, answered } of items) mail.settle(answered);
    return done;
  }

  /** What to snapshot, where so many commits have come since the last one; its hash is good until the next commit. */
  snapshotDue(everyCommits: number): Replayed | undefined {
    const due = this.#durable;
    if (due.version - due.snapshotVersion < everyCommits) return undefined;
    this.#durable = { ...due, snapshotVersion: due.version };
    return due;
  }

  #answerTo(commandId: string): Answered<Tagged> | undefined {
    const waiting = this.#items.find(({ mail, decided }) => decided && mail.commandId === commandId);
    return waiting?.answered ?? this.#durable.answers.get(commandId);
  }

  #keep(hash: Uint8Array): Uint8Array {
    this.#hash ??= new Uint8Array(hash.length);
    this.#hash.set(hash);
    return this.#hash;
  }

  #add(item: Item): void {
    if (this.#items === none) this.#items = [item];
    else this.#items.push(item);
  }

  #answer(mail: Mail, answered: Answered<Tagged>): void {
    if (this.#items.length > 0) this.#add({ mail, answered, decidedAtMs: 0 });
    else mail.settle(answered);
  }
}
