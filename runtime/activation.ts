/**
 * An actor in memory: one mailbox, one command at a time, one append for all that was decided meanwhile. It is
 * loading, ready, committing, looking for other writers, or waiting for a restart; then it is gone.
 */
import { codeOf } from '#ports/errors.ts';
import type { AnyActorDefinition } from './actor.ts';
import { ActorStream } from './actor-stream.ts';
import { causeOf, follow, outstanding, perform } from './consequences.ts';
import { Crashes } from './crashes.ts';
import { Desk } from './desk.ts';
import { Draft } from './draft.ts';
import type { Mail } from './mail.ts';
import { tellCommits } from './observing.ts';
import { refOf } from './refs.ts';
import { mailboxFull, nodeStopping, refusal } from './refusals.ts';
import type { Replayed } from './replayed.ts';
import { Residence } from './residence.ts';
import type { Surroundings } from './surroundings.ts';

type Phase = 'loading' | 'ready' | 'committing' | 'looking' | 'waiting' | 'gone';

export class Activation {
  readonly definition: AnyActorDefinition;
  readonly id: string;
  readonly ref: string;
  /** Resolves when the journal has been read for the first time, whatever came of it. */
  readonly firstRead: Promise<void>;
  readonly #around: Surroundings;
  readonly residence: Residence;
  readonly #desk = new Desk();
  readonly #stream: ActorStream;
  readonly #crashes: Crashes;
  #phase: Phase = 'loading';
  #flushing = false;
  #resumed = false;
  /** By a clock that nobody sets. */
  #lastMailMs: number;
  #whenIdle: (() => void)[] = [];

  constructor(definition: AnyActorDefinition, id: string, around: Surroundings) {
    this.definition = definition;
    this.id = id;
    this.ref = refOf(definition.protocol.kind, id);
    this.#around = around;
    this.#stream = new ActorStream(this, around);
    this.#crashes = new Crashes(this, around);
    this.residence = new Residence(definition, around);
    this.#lastMailMs = around.clock.elapsed();
    this.firstRead = this.#load();
  }

  get mailboxDepth(): number {
    return this.#desk.depth;
  }

  /** Of the last commit; undefined while it is loading. */
  get durable(): Replayed | undefined {
    return this.#desk.draft?.durable;
  }

  idleMs(nowMs: number): number {
    return nowMs - this.#lastMailMs;
  }

  /** Takes a command, or refuses it when the mailbox is full. Whether it was taken. */
  receive(mail: Mail): boolean {
    const nowMs = this.#around.clock.elapsed();
    if (this.#isOpen() && this.#desk.depth === 0 && !this.#stream.isDoubtful(nowMs)) {
      this.#step(mail, nowMs);
      return true;
    }
    if (this.#desk.depth >= this.definition.mailboxLimit) {
      this.#around.observer?.mailboxRefused?.({ kind: this.definition.protocol.kind, code: 'MAILBOX_FULL' });
      mail.settle(mailboxFull(this.ref));
      return false;
    }
    this.#desk.add(mail);
    void this.lookForOthers();
    return true;
  }

  /** Leaves memory when nothing is outstanding and nobody wrote for long enough. */
  passivateIfIdle(nowMs: number): void {
    if (!this.isIdle || !this.durable || this.#stream.isDoubtful(nowMs)) return;
    if (this.idleMs(nowMs) < this.definition.passivateAfterMs) return;
    if (!this.definition.isWakeful(this.durable.state)) this.#leave();
  }

  /** The actor is placed on another node now: it leaves memory, unless it is anchored; mail goes after it. */
  retire(): void {
    this.residence.retire();
    if (this.residence.isOver && this.#desk.undurable === 0) this.#leave();
  }

  /** Others may have held this node for lost: looks whether one of them wrote the stream since it was last known. */
  lookForOthers(): Promise<void> | undefined {
    const mayLook = this.#phase === 'ready' && this.#desk.undurable === 0 && !this.#crashes.isRestartDue;
    return mayLook && this.#stream.isDoubtful(this.#around.clock.elapsed()) ? this.#look() : undefined;
  }

  /** Leaves memory at once; what waits is answered NODE_STOPPING, also where its commit is still in flight. */
  abandon(): void {
    this.#desk.refuse(nodeStopping(this.ref));
    this.#leave();
  }

  /** Resolves when no command waits and no commit is in flight. */
  whenIdle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Whether no command waits and no commit is in flight. */
  get isIdle(): boolean {
    return this.isGone || (this.#phase === 'ready' && this.#desk.isClear);
  }

  /** Whether a command may be decided now. */
  #isOpen(): boolean {
    return this.#phase === 'ready' && !this.#crashes.isRestartDue && !this.#desk.isFull;
  }

  #step(mail: Mail, nowMs: number): void {
    this.#lastMailMs = nowMs;
    const thrown = this.#desk.decide(mail, this, this.#around);
    if (thrown) this.#crash(thrown.error, mail);
    if (this.#desk.undurable === 0 || this.#flushing) return;
    // What else arrives in this turn of the loop shares the append.
    this.#flushing = true;
    queueMicrotask(() => void this.#commit());
  }

  async #commit(): Promise<void> {
    this.#flushing = false;
    const { draft } = this.#desk;
    if (this.isGone || !draft) return;
    this.#phase = 'committing';
    let startMs: number;
    try {
      startMs = await this.#stream.append(draft.entries);
    } catch (error) {
      if (this.isGone) return;
      if (codeOf(error) === 'VERSION_CONFLICT') void this.#conflict(draft);
      else this.#fail(error);
      return;
    }
    if (this.isGone) return;
    const { observer } = this.#around;
    const committed = draft.committed();
    if (observer) tellCommits(observer, this, committed, startMs);
    this.residence.committed(draft.durable);
    follow(this, this.#around, draft, committed);
    this.#goOn();
  }

  /** Takes up what waited meanwhile. */
  #goOn(): void {
    if (this.residence.isOver) {
      this.#leave();
      return;
    }
    if (this.#crashes.isRestartDue) {
      void this.#restart();
      return;
    }
    this.#phase = 'ready';
    while (this.#isOpen()) {
      const nowMs = this.#around.clock.elapsed();
      const mail = this.#stream.isDoubtful(nowMs) ? undefined : this.#desk.next();
      if (!mail) break;
      this.#step(mail, nowMs);
    }
    void this.lookForOthers();
    if (this.isIdle) this.#notifyIdle();
  }

  async #load(): Promise<void> {
    this.#phase = 'loading';
    this.#desk.draft = undefined;
    try {
      const replayed = await this.#stream.load();
      if (this.isGone) return;
      this.#settle(replayed);
    } catch (error) {
      if (!this.isGone) this.#unreadable(error);
      return;
    }
    if (!this.isGone) this.#goOn();
  }

  /** Whether somebody else has written: then it starts again from what is there. Mail waits for it. */
  async #look(): Promise<void> {
    const version = this.#desk.draft?.durable.version ?? 0;
    this.#phase = 'looking';
    let isWritten: boolean;
    try {
      isWritten = await this.#stream.isWrittenAfter(version);
    } catch (error) {
      if (!this.isGone) this.#unreadable(error);
      return;
    }
    if (this.isGone) return;
    if (isWritten) {
      this.#around.logger.warn({ actor: this.ref, version }, 'written by another node meanwhile');
      this.#reload();
    } else {
      this.#goOn();
    }
  }

  /** Whether the actor is to be here at all, and what it has outstanding. */
  #settle(replayed: Replayed): void {
    const { definition, id, ref } = this;
    const { holder, deposed } = this.residence.loaded(id, replayed);
    this.#desk.draft = new Draft({ definition, stream: ref, id, node: this.#around.self }, replayed);
    const cause = causeOf(this, replayed);
    if (deposed) perform(this, this.#around, cause, definition.deposed?.(replayed.state, id) ?? []);
    if (holder !== undefined) {
      this.#around.anchoredAt(this, holder);
      this.#leave();
      return;
    }
    // Work is outstanding that this activation has not begun: it left memory in a crash, or somebody else committed it.
    if (this.#resumed || this.residence.isOver) return;
    const effects = outstanding(this, replayed);
    this.#resumed = true;
    perform(this, this.#around, cause, effects);
  }

  #unreadable(error: unknown): void {
    if (codeOf(error)) this.#fail(error);
    else this.#crash(error, this.#desk.first);
  }

  /** Somebody else writes the stream: what was decided on the old state never happened. */
  async #conflict(draft: Draft): Promise<void> {
    this.#around.logger.warn({ actor: this.ref, version: draft.durable.version }, 'version conflict, decided again');
    this.#desk.undo(draft);
    this.#crashes.takeWaitMs();
    if (this.residence.isOverFor(this.id)) {
      this.#leave();
      return;
    }
    this.#phase = 'waiting';
    const waitMs = this.#stream.contestedMs();
    if (waitMs > 0) await this.#stream.wait(waitMs);
    this.#reload();
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
    const { giveUp } = this.#crashes.crashed(error, mail);
    if (giveUp && mail) this.#crashes.bury(this.#desk.next() ?? mail);
    if (giveUp && !mail) this.#leave();
    else if (this.#desk.undurable === 0) void this.#restart();
  }

  async #restart(): Promise<void> {
    this.#phase = 'waiting';
    await this.#stream.wait(this.#crashes.takeWaitMs());
    await this.#load();
  }

  /** The journal cannot be relied on any more: whoever waits hears it, and so does the process. */
  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : 'The journal failed.';
    this.#desk.refuse(refusal(codeOf(error) ?? 'JOURNAL_BROKEN', message));
    this.#leave();
    this.#around.fatal(error);
  }

  #leave(): void {
    this.#phase = 'gone';
    this.#stream.close();
    this.#around.left(this, this.#desk.clear());
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
