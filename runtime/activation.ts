/**
 * An actor in memory: one mailbox, one command at a time, one append for all that was decided meanwhile. It is
 * loading, ready, committing, looking for other writers, or waiting for a restart; then it is gone.
 */
import { codeOf, isRetryable } from '#ports/errors.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import { type Done, Draft } from './draft.ts';
import type { Effect } from './effects.ts';
import { type Mail, Mailbox } from './mail.ts';
import { tellCommits, tellDecided } from './observing.ts';
import { refOf } from './refs.ts';
import { mailboxFull, nodeStopping, refusal } from './refusals.ts';
import { load, type Replayed } from './replayed.ts';
import { toSnapshot } from './snapshots.ts';
import { backoffMs, Supervisor } from './supervisor.ts';
import type { Surroundings } from './surroundings.ts';

/** Commands that one append takes at most. */
const batchLimit = 64;

type Phase = 'loading' | 'ready' | 'committing' | 'looking' | 'waiting' | 'gone';

export class Activation {
  readonly definition: AnyActorDefinition;
  readonly id: string;
  readonly ref: string;
  /** Resolves when the journal has been read for the first time, whatever came of it. */
  readonly firstRead: Promise<void>;
  readonly #around: Surroundings;
  readonly #mailbox = new Mailbox();
  readonly #supervisor: Supervisor;
  #phase: Phase = 'loading';
  /** Undefined while it is loading. */
  #draft: Draft | undefined;
  #flushing = false;
  #resumed = false;
  /** Placed elsewhere: it leaves once nothing is in flight, unless it is anchored. */
  #retiring = false;
  /** Held by this node for as long as it lives: state and journal say so, as of the last commit. */
  #anchored = false;
  /** Set after a crash, until the restart begins: what was decided before it is committed first. */
  #restartInMs: number | undefined;
  /** The node's count of doubts when this was the newest state for sure. */
  #sureAt = 0;
  /** Of the journal, one after another. */
  #failures = 0;
  /** By a clock that nobody sets. */
  #lastMailMs: number;
  #whenIdle: (() => void)[] = [];
  #cancelWait: () => void = () => undefined;

  constructor(definition: AnyActorDefinition, id: string, around: Surroundings) {
    this.definition = definition;
    this.id = id;
    this.ref = refOf(definition.protocol.kind, id);
    this.#around = around;
    this.#supervisor = new Supervisor(definition.supervision);
    this.#lastMailMs = around.clock.elapsed();
    this.firstRead = this.#load();
  }

  get mailboxDepth(): number {
    return this.#mailbox.depth;
  }

  /** Of the last commit; undefined while it is loading. */
  get durable(): Replayed | undefined {
    return this.#draft?.durable;
  }

  idleMs(nowMs: number): number {
    return nowMs - this.#lastMailMs;
  }

  /** Takes a command, or refuses it when the mailbox is full. Whether it was taken. */
  receive(mail: Mail): boolean {
    const nowMs = this.#around.clock.elapsed();
    if (this.#isOpen() && this.#mailbox.depth === 0 && !this.#isDoubtful(nowMs)) {
      this.#step(mail, nowMs);
      return true;
    }
    if (this.#mailbox.depth >= this.definition.mailboxLimit) {
      this.#around.observer?.mailboxRefused?.({ kind: this.definition.protocol.kind, code: 'MAILBOX_FULL' });
      mail.settle(mailboxFull(this.ref));
      return false;
    }
    // It waits, so that it matters when it was sent.
    void mail.sentAtMs;
    this.#mailbox.push(mail);
    void this.lookForOthers();
    return true;
  }

  /** Leaves memory when nothing is outstanding and nobody wrote for long enough. */
  passivateIfIdle(nowMs: number): void {
    if (
      !this.isIdle ||
      !this.#draft ||
      this.#isDoubtful(nowMs) ||
      this.idleMs(nowMs) < this.definition.passivateAfterMs
    )
      return;
    if (!this.definition.isWakeful(this.#draft.durable.state)) this.#leave();
  }

  /** The actor is placed on another node now: it leaves memory, unless it is anchored; mail goes after it. */
  retire(): void {
    this.#retiring = true;
    if (!this.#anchored && (!this.#draft || this.#draft.size === 0)) this.#leave();
  }

  /** The actor is placed on this node. */
  stay(): void {
    this.#retiring = false;
  }

  /** Whether it stays on this node wherever it is placed. */
  get isAnchored(): boolean {
    return this.#anchored;
  }

  /** Others may have held this node for lost: looks whether one of them wrote the stream since it was last known. */
  lookForOthers(): Promise<void> | undefined {
    const mayLook = this.#phase === 'ready' && this.#draft?.size === 0 && this.#restartInMs === undefined;
    return mayLook && this.#isDoubtful(this.#around.clock.elapsed()) ? this.#look() : undefined;
  }

  /** Leaves memory at once; what waits is answered NODE_STOPPING, also where its commit is still in flight. */
  abandon(): void {
    this.#refuseAll(nodeStopping(this.ref));
    this.#leave();
  }

  /** Resolves when no command waits and no commit is in flight. */
  whenIdle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Whether no command waits and no commit is in flight. */
  get isIdle(): boolean {
    return this.isGone || (this.#phase === 'ready' && this.#draft?.size === 0 && this.#mailbox.depth === 0);
  }

  /** Whether a command may be decided now. */
  #isOpen(): boolean {
    return this.#phase === 'ready' && this.#restartInMs === undefined && (this.#draft?.size ?? 0) < batchLimit;
  }

  /** Whether others may have written since; then nobody is answered from this state. */
  #isDoubtful(nowMs: number): boolean {
    return this.#sureAt !== this.#around.doubt.countAt(nowMs);
  }

  #step(mail: Mail, nowMs: number): void {
    const draft = this.#draft;
    if (!draft) return;
    const { clock, observer } = this.#around;
    this.#lastMailMs = nowMs;
    const startMs = observer?.now() ?? 0;
    let taken: ReturnType<Draft['take']> | 'crashed' = 'crashed';
    try {
      taken = draft.take(mail, clock.now(), clock);
    } catch (error) {
      this.#mailbox.putBack([mail]);
      this.#crash(error, mail);
    }
    if (observer) tellDecided(observer, this, draft, mail, taken, startMs);
    if (draft.size === 0 || this.#flushing) return;
    // What else arrives in this turn of the loop shares the append.
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.isGone || !this.#draft) return;
    this.#phase = 'committing';
    void this.#commit(this.#draft);
  }

  async #commit(draft: Draft): Promise<void> {
    const { clock, doubt, observer } = this.#around;
    const startMs = observer?.now() ?? 0;
    const sureAt = doubt.countAt(clock.elapsed());
    try {
      await this.#around.journal.append(draft.entries);
    } catch (error) {
      if (!this.isGone) this.#appendFailed(draft, error);
      return;
    }
    if (this.isGone) return;
    this.#failures = 0;
    this.#sureAt = sureAt;
    const committed = draft.committed();
    if (observer) tellCommits(observer, this, committed, startMs);
    this.#anchored = this.#holderOf(draft.durable) === this.#around.self;
    for (const done of committed) this.#follow(done);
    const due = draft.snapshotDue(this.definition.snapshots.everyCommits);
    if (due) void this.#saveSnapshot(due);
    this.#goOn();
  }

  /** What follows from a commit. */
  #follow({ mail: { correlationId }, decided: { entry, effects }, decidedAtMs }: Done): void {
    for (const { atMs } of entry.setTimers) this.#around.timerSet(atMs);
    const causationId = `${this.ref}@${entry.version}`;
    if (effects.length > 0) this.#around.perform(this, { correlationId, causationId, decidedAtMs }, effects);
  }

  /** Without it a later load is slower, and that is all. */
  async #saveSnapshot(durable: Replayed): Promise<void> {
    const { journal, logger } = this.#around;
    try {
      await journal.saveSnapshot(this.ref, toSnapshot(durable, this.definition.snapshots.schema));
    } catch (error) {
      logger.warn({ actor: this.ref, err: error }, 'snapshot not saved');
    }
  }

  /** Takes up what waited meanwhile. */
  #goOn(): void {
    if (this.#retiring && !this.#anchored) {
      this.#leave();
      return;
    }
    if (this.#restartInMs !== undefined) {
      this.#restart();
      return;
    }
    this.#phase = 'ready';
    while (this.#isOpen()) {
      const nowMs = this.#around.clock.elapsed();
      const mail = this.#isDoubtful(nowMs) ? undefined : this.#mailbox.shift();
      if (!mail) break;
      this.#step(mail, nowMs);
    }
    void this.lookForOthers();
    if (this.isIdle) this.#notifyIdle();
  }

  async #load(): Promise<void> {
    this.#phase = 'loading';
    this.#draft = undefined;
    try {
      const { journal, clock, doubt, logger } = this.#around;
      const sureAt = doubt.countAt(clock.elapsed());
      const replayed = await load(this.definition, journal, this.id, logger);
      if (this.isGone) return;
      this.#sureAt = sureAt;
      this.#settle(replayed);
    } catch (error) {
      if (!this.isGone) this.#loadFailed(error, () => void this.#load());
      return;
    }
    if (!this.isGone) this.#goOn();
  }

  /** Whether somebody else has written: then it starts again from what is there. Mail waits for it. */
  async #look(): Promise<void> {
    const { journal, clock, doubt, logger } = this.#around;
    const version = this.#draft?.durable.version ?? 0;
    const sureAt = doubt.countAt(clock.elapsed());
    this.#phase = 'looking';
    try {
      const [newer] = await journal.read(this.ref, version, 1);
      if (this.isGone) return;
      if (newer) {
        logger.warn({ actor: this.ref, version }, 'written by another node meanwhile');
        this.#reload();
        return;
      }
    } catch (error) {
      if (!this.isGone) this.#loadFailed(error, () => void this.#look());
      return;
    }
    this.#sureAt = sureAt;
    this.#goOn();
  }

  /** Whether the actor is to be here at all, and what it has outstanding. */
  #settle(replayed: Replayed): void {
    const { self, isAlive, isHere, anchoredAt } = this.#around;
    const { definition, id, ref } = this;
    const holder = this.#holderOf(replayed);
    const deposed = this.#anchored && replayed.node !== self;
    this.#anchored = holder === self;
    this.#draft = new Draft({ definition, stream: ref, id, node: self }, replayed);
    if (deposed) this.#perform(replayed, definition.deposed?.(replayed.state, id) ?? []);
    if (holder !== undefined && holder !== self && isAlive(holder)) {
      anchoredAt(this, holder);
      this.#leave();
      return;
    }
    this.#retiring = !isHere(definition.protocol.kind, id);
    if (this.#anchored || !this.#retiring) this.#resume(replayed);
  }

  /** The life of the node that holds the actor, where it is anchored. */
  #holderOf({ state, node }: Replayed): string | undefined {
    return this.definition.anchored?.(state) ? node : undefined;
  }

  /** Work is outstanding that this activation has not begun: it left memory in a crash, or somebody else committed it. */
  #resume(replayed: Replayed): void {
    if (this.#resumed) return;
    const { state } = replayed;
    const effects = this.definition.isWakeful(state) ? this.definition.resume(state, this.id) : [];
    this.#resumed = true;
    this.#perform(replayed, effects);
  }

  /** Effects of a state, not of an event. */
  #perform({ correlationId, version }: Replayed, effects: readonly Effect<Tagged>[]): void {
    const decidedAtMs = this.#around.clock.elapsed();
    this.#around.perform(this, { correlationId, causationId: `${this.ref}@${version}`, decidedAtMs }, effects);
  }

  #loadFailed(error: unknown, again: () => void): void {
    if (isAway(error)) this.#wait(this.#failureBackoffMs(), again);
    else if (codeOf(error)) this.#fail(error);
    else this.#crash(error, this.#mailbox.first);
  }

  #appendFailed(draft: Draft, error: unknown): void {
    const code = codeOf(error) ?? 'JOURNAL_BROKEN';
    this.#around.observer?.commitFailed?.({ kind: this.definition.protocol.kind, code });
    if (isAway(error)) {
      const waitMs = this.#failureBackoffMs();
      this.#around.logger.warn({ actor: this.ref, waitMs, err: error }, 'journal unavailable, commit waits');
      this.#cancelWait = this.#around.clock.after(waitMs, () => void this.#commit(draft));
    } else if (codeOf(error) === 'VERSION_CONFLICT') {
      this.#conflict(draft);
    } else {
      this.#fail(error);
    }
  }

  /** Somebody else writes the stream: what was decided on the old state never happened. */
  #conflict(draft: Draft): void {
    const { logger, isHere } = this.#around;
    logger.warn({ actor: this.ref, version: draft.durable.version }, 'version conflict, decided again');
    // That somebody may have been ourselves, with a first try that was written after all.
    for (const mail of draft.mails) mail.fresh = false;
    this.#mailbox.putBack(draft.mails);
    this.#draft = undefined;
    this.#restartInMs = undefined;
    if (!this.#anchored && (this.#retiring || !isHere(this.definition.protocol.kind, this.id))) {
      this.#leave();
      return;
    }
    // The first time at once: that writer is gone most likely.
    if (this.#failures === 0) {
      this.#failures = 1;
      this.#reload();
    } else {
      this.#wait(this.#failureBackoffMs(), () => this.#reload());
    }
  }

  /**
   * Somebody else has written, perhaps ourselves unawares: nothing followed from that commit here. What it left
   * outstanding is read from the state, its timers are looked for.
   */
  #reload(): void {
    this.#resumed = false;
    this.#around.timerSet(this.#around.clock.now());
    void this.#load();
  }

  /** The actor threw: its supervision says what becomes of the command and when the actor starts again. */
  #crash(error: unknown, mail: Mail | undefined): void {
    const { clock, logger } = this.#around;
    const { giveUp, waitMs } = this.#supervisor.crashed(clock.elapsed());
    logger.error({ actor: this.ref, commandId: mail?.commandId, giveUp, err: error }, 'actor crashed');
    if (mail) mail.crashes += 1;
    if (giveUp) {
      this.#escalate(mail);
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
    if (!this.#draft || this.#draft.size === 0) this.#restart();
  }

  #escalate(mail: Mail | undefined): void {
    const { clock, perform } = this.#around;
    const { correlationId = '', commandId = `load@${clock.now()}` } = mail ?? {};
    const effects = this.definition.escalate?.(this.id, { commandId, code: 'ACTOR_CRASHED' }) ?? [];
    perform(this, { correlationId, causationId: '', decidedAtMs: clock.elapsed() }, effects);
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
    this.#refuseAll(refusal(codeOf(error) ?? 'JOURNAL_BROKEN', message));
    this.#leave();
    this.#around.fatal(error);
  }

  #refuseAll(refused: Answered<Tagged>): void {
    for (const mail of [...(this.#draft?.mails ?? []), ...this.#mailbox.takeAll()]) mail.settle(refused);
  }

  #leave(): void {
    this.#phase = 'gone';
    this.#draft = undefined;
    this.#cancelWait();
    this.#around.left(this, this.#mailbox.takeAll());
    this.#notifyIdle();
  }

  /** Out of memory, for good. */
  get isGone(): boolean {
    return this.#phase === 'gone';
  }

  #notifyIdle(): void {
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}

/** Whether the journal may be back soon: a damaged or read-only one has the same code, but as a FatalError. */
function isAway(error: unknown): boolean {
  return codeOf(error) === 'JOURNAL_UNAVAILABLE' && isRetryable(error);
}
