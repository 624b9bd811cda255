/**
 * An actor in memory: one mailbox, one command at a time, one append for all that was decided meanwhile. It is
 * loading, ready, committing, or waiting for a restart; then it is gone.
 */
import { codeOf } from '#ports/errors.ts';
import type { NewEntry } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import { type Decided, decided, type Tail } from './decided.ts';
import { type Mail, Mailbox } from './mail.ts';
import { refOf } from './refs.ts';
import { mailboxFull, nodeStopping, refusal } from './refusals.ts';
import { accepted, load, type Replayed } from './replayed.ts';
import { toSnapshot } from './snapshots.ts';
import { backoffMs, Supervisor } from './supervisor.ts';
import type { Surroundings } from './surroundings.ts';

/** Commands that one append takes at most. */
const batchLimit = 64;

/** What was decided and waits for its commit. Mail without `decided` waits for the state it was answered from. */
type Batch = { readonly mail: Mail; readonly answered: Answered<Tagged>; readonly decided?: Decided }[];

type Phase = 'loading' | 'ready' | 'committing' | 'waiting' | 'gone';

export class Activation {
  readonly definition: AnyActorDefinition;
  readonly id: string;
  readonly ref: string;
  readonly #around: Surroundings;
  readonly #mailbox = new Mailbox();
  readonly #supervisor: Supervisor;
  #phase: Phase = 'loading';
  /** As of the last commit. */
  #durable: Replayed | undefined;
  /** With what the batch adds. */
  #tail: Tail = { state: undefined, version: 0, hash: new Uint8Array(0) };
  #batch: Batch = [];
  #flushing = false;
  #resumed = false;
  #retiring = false;
  /** Set after a crash, until the restart begins: what was decided before it is committed first. */
  #restartInMs: number | undefined;
  /** Of the journal, one after another. */
  #failures = 0;
  #lastMailMs: number;
  #whenIdle: (() => void)[] = [];
  #cancelWait: () => void = () => undefined;

  constructor(definition: AnyActorDefinition, id: string, around: Surroundings) {
    this.definition = definition;
    this.id = id;
    this.ref = refOf(definition.protocol.kind, id);
    this.#around = around;
    this.#supervisor = new Supervisor(definition.supervision);
    this.#lastMailMs = around.clock.now();
    void this.#load();
  }

  get mailboxDepth(): number {
    return this.#mailbox.depth;
  }

  /** Of the last commit; undefined while it is loading. */
  get durable(): Replayed | undefined {
    return this.#durable;
  }

  idleMs(nowMs: number): number {
    return nowMs - this.#lastMailMs;
  }

  /** Takes a command, or refuses it when the mailbox is full. Whether it was taken. */
  receive(mail: Mail): boolean {
    if (this.#isOpen() && this.#mailbox.depth === 0) {
      this.#step(mail);
      return true;
    }
    if (this.#mailbox.depth >= this.definition.mailboxLimit) {
      mail.settle(mailboxFull(this.ref));
      return false;
    }
    this.#mailbox.push(mail);
    return true;
  }

  /** Leaves memory when nothing is outstanding and nobody wrote for long enough. */
  passivateIfIdle(nowMs: number): void {
    if (!this.isIdle || !this.#durable || this.idleMs(nowMs) < this.definition.passivateAfterMs) return;
    if (!this.definition.isWakeful(this.#durable.state)) this.#leave();
  }

  /** Leaves memory because the actor lives on another node now; mail goes after it. */
  retire(): void {
    this.#retiring = true;
    if (this.#batch.length === 0) this.#leave();
  }

  /** Leaves memory at once; what waits is answered NODE_STOPPING, also where its commit is still in flight. */
  abandon(): void {
    const refused = nodeStopping(this.ref);
    for (const { mail } of this.#batch) mail.settle(refused);
    for (const mail of this.#mailbox.takeAll()) mail.settle(refused);
    this.#leave();
  }

  /** Resolves when no command waits and no commit is in flight. */
  whenIdle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Whether a command may be decided now. */
  #isOpen(): boolean {
    return this.#phase === 'ready' && this.#restartInMs === undefined && this.#batch.length < batchLimit;
  }

  /** Whether no command waits and no commit is in flight. */
  get isIdle(): boolean {
    return this.#isGone() || (this.#phase === 'ready' && this.#batch.length === 0 && this.#mailbox.depth === 0);
  }

  /** Decides one command. The answer goes out at once where nothing undurable was read, else with the commit. */
  #step(mail: Mail): void {
    const nowMs = this.#around.clock.now();
    this.#lastMailMs = nowMs;
    const before = mail.fresh ? undefined : this.#answered(mail.commandId);
    if (before) {
      this.#answer(mail, before);
      return;
    }
    // A timer knows no cause: it goes on with that of the last commit.
    mail.correlationId ||= this.#durable?.correlationId || mail.commandId;
    const { commandId, correlationId, sender } = mail;
    try {
      const meta = { actorId: this.id, commandId, correlationId, sender, nowMs };
      const decision = this.definition.decide(this.#tail.state, mail.command, meta);
      if ('rejection' in decision) this.#answer(mail, { ok: false, rejection: decision.rejection });
      else if (decision.events.length === 0) this.#answer(mail, accepted(this.#tail.version, decision.reply));
      else this.#add(mail, decided(this.definition, this.ref, this.id, this.#tail, mail, nowMs, decision));
    } catch (error) {
      this.#mailbox.putBack([mail]);
      this.#crash(error, mail);
    }
  }

  #answered(commandId: string): Answered<Tagged> | undefined {
    const waiting = this.#batch.find(({ mail, decided }) => decided && mail.commandId === commandId);
    return waiting?.answered ?? this.#durable?.answers.get(commandId);
  }

  #answer(mail: Mail, answered: Answered<Tagged>): void {
    if (this.#batch.length > 0) this.#batch.push({ mail, answered });
    else mail.settle(answered);
  }

  #add(mail: Mail, added: Decided): void {
    this.#tail = added.tail;
    this.#batch.push({ mail, answered: added.answered, decided: added });
    if (this.#flushing) return;
    // What else arrives in this turn of the loop shares the append.
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#phase === 'gone' || this.#batch.length === 0) return;
    this.#phase = 'committing';
    void this.#commit(this.#batch);
  }

  async #commit(batch: Batch): Promise<void> {
    const entries = batch.flatMap(({ decided }): NewEntry[] => (decided ? [decided.entry] : []));
    try {
      await this.#around.journal.append(entries);
    } catch (error) {
      if (this.#phase !== 'gone') this.#appendFailed(batch, error);
      return;
    }
    if (this.#phase === 'gone') return;
    this.#failures = 0;
    this.#batch = [];
    this.#committed(batch);
    this.#goOn();
  }

  #committed(batch: Batch): void {
    if (!this.#durable) return;
    const { answers, snapshotVersion } = this.#durable;
    for (const { mail, answered, decided } of batch) {
      if (decided) {
        // Nobody can send a fresh id again; after a reload it is there all the same.
        if (!mail.fresh) answers.remember(mail.commandId, answered);
        const { state, version, hash } = decided.tail;
        this.#durable = { state, version, hash, snapshotVersion, correlationId: mail.correlationId, answers };
      }
      mail.settle(answered);
    }
    for (const { mail, decided } of batch) {
      if (!decided) continue;
      const { entry, effects } = decided;
      for (const { atMs } of entry.setTimers) this.#around.timerSet(atMs);
      const causationId = `${this.ref}@${entry.version}`;
      if (effects.length > 0) this.#around.perform(this, { correlationId: mail.correlationId, causationId }, effects);
    }
    this.#snapshotIfDue();
  }

  #snapshotIfDue(): void {
    const { everyCommits, schema } = this.definition.snapshots;
    const durable = this.#durable;
    if (!durable || durable.version - durable.snapshotVersion < everyCommits) return;
    this.#durable = { ...durable, snapshotVersion: durable.version };
    void this.#saveSnapshot(durable, schema);
  }

  /** Without it a later load is slower, and that is all. */
  async #saveSnapshot(durable: Replayed, schema: number): Promise<void> {
    const { journal, logger } = this.#around;
    try {
      await journal.saveSnapshot(this.ref, toSnapshot(durable, schema));
    } catch (error) {
      logger.warn({ actor: this.ref, err: error }, 'snapshot not saved');
    }
  }

  /** Takes up what waited meanwhile. */
  #goOn(): void {
    if (this.#retiring) {
      this.#leave();
      return;
    }
    if (this.#restartInMs !== undefined) {
      this.#restart();
      return;
    }
    this.#phase = 'ready';
    while (this.#isOpen()) {
      const mail = this.#mailbox.shift();
      if (!mail) break;
      this.#step(mail);
    }
    if (this.isIdle) this.#notifyIdle();
  }

  async #load(): Promise<void> {
    this.#phase = 'loading';
    try {
      const replayed = await load(this.definition, this.#around.journal, this.id);
      if (this.#isGone()) return;
      this.#durable = replayed;
      this.#tail = replayed;
      this.#resume(replayed);
    } catch (error) {
      if (!this.#isGone()) this.#loadFailed(error);
      return;
    }
    this.#goOn();
  }

  /** Work was outstanding when the actor left memory, so it left in a crash. */
  #resume({ state, correlationId, version }: Replayed): void {
    if (this.#resumed) return;
    const wakeful = this.definition.isWakeful(state);
    const effects = wakeful ? this.definition.resume(state, this.id) : [];
    this.#resumed = true;
    this.#around.perform(this, { correlationId, causationId: `${this.ref}@${version}` }, effects);
  }

  #loadFailed(error: unknown): void {
    const code = codeOf(error);
    if (code === 'JOURNAL_UNAVAILABLE') this.#wait(this.#failureBackoffMs(), () => void this.#load());
    else if (code) this.#fail(error);
    else this.#crash(error, this.#mailbox.first);
  }

  #appendFailed(batch: Batch, error: unknown): void {
    const code = codeOf(error);
    if (code === 'JOURNAL_UNAVAILABLE') {
      const waitMs = this.#failureBackoffMs();
      this.#around.logger.warn({ actor: this.ref, waitMs, err: error }, 'journal unavailable, commit waits');
      this.#cancelWait = this.#around.clock.after(waitMs, () => void this.#commit(batch));
    } else if (code === 'VERSION_CONFLICT') {
      this.#conflict(batch);
    } else {
      this.#fail(error);
    }
  }

  /** Somebody else writes the stream: what was decided on the old state never happened. */
  #conflict(batch: Batch): void {
    const { logger, isHere } = this.#around;
    logger.warn({ actor: this.ref, version: this.#tail.version }, 'version conflict, decided again');
    this.#mailbox.putBack(batch.map(({ mail }) => mail));
    this.#batch = [];
    this.#restartInMs = undefined;
    if (this.#retiring || !isHere(this.definition.protocol.kind, this.id)) {
      this.#leave();
      return;
    }
    // The first time at once: that writer is gone most likely.
    if (this.#failures === 0) {
      this.#failures = 1;
      void this.#load();
    } else {
      this.#wait(this.#failureBackoffMs(), () => void this.#load());
    }
  }

  /** The actor threw: its supervision says what becomes of the command and when the actor starts again. */
  #crash(error: unknown, mail: Mail | undefined): void {
    const { clock, logger } = this.#around;
    const { giveUp, waitMs } = this.#supervisor.crashed(clock.now());
    logger.error({ actor: this.ref, commandId: mail?.commandId, giveUp, err: error }, 'actor crashed');
    if (mail) mail.crashes += 1;
    if (giveUp) {
      if (!mail) {
        this.#leave();
        return;
      }
      this.#mailbox.shift();
      const message = `${this.ref} crashes on the command ${mail.commandId}; it is kept in the dead letters.`;
      this.#around.deadLetter(this, mail, 'ACTOR_CRASHED', message);
      mail.settle(refusal('ACTOR_CRASHED', message));
    }
    this.#restartInMs = waitMs;
    if (this.#batch.length === 0) this.#restart();
  }

  #restart(): void {
    const waitMs = this.#restartInMs ?? 0;
    this.#restartInMs = undefined;
    this.#wait(waitMs, () => void this.#load());
  }

  #wait(waitMs: number, then: () => void): void {
    this.#phase = 'waiting';
    this.#cancelWait = this.#around.clock.after(waitMs, then);
  }

  #failureBackoffMs(): number {
    const waitMs = backoffMs(this.definition.supervision.backoff, this.#failures);
    this.#failures += 1;
    return waitMs;
  }

  /** The journal cannot be relied on any more: whoever waits hears it, and so does the process. */
  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : 'The journal failed.';
    const refused = refusal(codeOf(error) ?? 'JOURNAL_BROKEN', message);
    for (const { mail } of this.#batch) mail.settle(refused);
    for (const mail of this.#mailbox.takeAll()) mail.settle(refused);
    this.#leave();
    this.#around.fatal(error);
  }

  #leave(): void {
    this.#phase = 'gone';
    this.#batch = [];
    this.#cancelWait();
    this.#around.left(this, this.#mailbox.takeAll());
    this.#notifyIdle();
  }

  #isGone(): boolean {
    return this.#phase === 'gone';
  }

  #notifyIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
