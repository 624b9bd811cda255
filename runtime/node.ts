/** One node of the actor system: everything in runtime/ wired together. */
import { codeOf, FatalError, RetryableError } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import type { Activation } from './activation.ts';
import type { Answered, ExecutorContext } from './actor.ts';
import { Burial } from './dead-letters/burial.ts';
import { deadLettersActor } from './dead-letters/dead-letters.actor.ts';
import { Deadlines } from './deadlines.ts';
import { discovererOf } from './discoverer.ts';
import { Doubt } from './doubt.ts';
import type { AnyProtocol } from './envelopes.ts';
import { Firing } from './firing.ts';
import { Nodes } from './nodes.ts';
import { Outbox } from './outbox.ts';
import { Performer } from './performer.ts';
import { Rebalance } from './rebalance.ts';
import { refOf } from './refs.ts';
import { kindUnknown, nodeStopping } from './refusals.ts';
import { load } from './replayed.ts';
import { Router } from './router.ts';
import { Runs } from './runs.ts';
import type { ActivationInfo, Hosting, Inspection, Runtime, RuntimeOptions, SendOptions } from './runtime.ts';
import { Sending } from './sending.ts';
import type { Surroundings } from './surroundings.ts';
import { Sweeper } from './sweeper.ts';
import { Tickers } from './tickers.ts';
import { TimerLoop } from './timer-loop.ts';

/** While a node is drained it looks this often whether it has nothing left. */
const drainLookMs = 100;

type Options = RuntimeOptions & { readonly newId: () => string; readonly journal: Journal };

export class ActorNode implements Runtime {
  readonly #options: Options;
  readonly #nodes: Nodes;
  readonly #router: Router;
  readonly #outbox: Outbox;
  readonly #rebalance: Rebalance;
  readonly #runs: Runs;
  readonly #tickers: Tickers<Activation>;
  readonly #timers: TimerLoop;
  readonly #sweeper: Sweeper;
  readonly #deadlines: Deadlines;
  readonly #doubt: Doubt;
  readonly #sending: Sending;
  readonly #burial: Burial;
  readonly #fatalListeners = new Set<(error: unknown) => void>();
  #hosting: Hosting = 'hosting';
  #stopping = false;

  constructor(options: Options) {
    const { broker, clock, logger } = options;
    const deadLetters = deadLettersActor({ resend: (letter) => this.#router.routeEnvelope(letter) });
    const actors = options.actors.length > 0 ? [...options.actors, deadLetters] : [];
    const { weight = 1, clusterId } = options;
    this.#options = options;
    this.#deadlines = new Deadlines(clock);
    this.#nodes = new Nodes({
      broker,
      deadlines: this.#deadlines,
      logger,
      kinds: actors.map(({ protocol }) => protocol.kind),
      weight,
      clusterId,
      receive: (envelope) => this.#router.receive(envelope),
      changed: (change) => void this.#rebalance.changed(change),
      wasAway: () => this.#rebalance.lookForOthers(),
      nameTaken: (error) => this.#fatal(error),
    });
    this.#doubt = new Doubt((nowMs) => this.#nodes.stillSinceMs(nowMs));
    this.#outbox = new Outbox({
      clock,
      logger,
      isLocal: (kind, id) => this.#router.isLocal(kind, id),
      route: (protocol, id, mail) => this.#router.route(protocol, id, mail),
      // A node that is drained waits until nothing is on its way.
      hasTime: () => this.#hosting === 'hosting',
      deadLetter: ({ protocol, id, ...mail }, code, message, attempts) =>
        this.#burial.bury(protocol, id, { ...mail, sentAtMs: clock.now() }, { code, message, attempts }),
    });
    this.#burial = new Burial({ ...options, observer: options.observer, nodeId: broker.nodeID, outbox: this.#outbox });
    this.#runs = new Runs({ clock, logger, observer: options.observer, fatal: (error) => this.#fatal(error) });
    this.#tickers = new Tickers(clock);
    this.#sweeper = new Sweeper(clock);
    const surroundings = this.#surroundings();
    const protocols = [...options.protocols, deadLettersProtocol as AnyProtocol];
    this.#router = new Router({
      ...options,
      nodeId: broker.nodeID,
      nodes: this.#nodes,
      protocols,
      actors,
      surroundings,
    });
    this.#sending = new Sending({
      ...options,
      observer: options.observer,
      router: this.#router,
      deadlines: this.#deadlines,
      sender: `node:${broker.nodeID}`,
    });
    const firing = new Firing({ router: this.#router, clock });
    this.#timers = new TimerLoop({
      ...options,
      isMine: (timer) => firing.isMine(timer),
      fire: (timer, commandId) => firing.fire(timer, commandId),
      fatal: (error) => this.#fatal(error),
    });
    this.#rebalance = new Rebalance({
      ...options,
      router: this.#router,
      nodes: this.#nodes,
      doubt: this.#doubt,
      scanTimers: () => this.#timers.scan(),
    });
  }

  async start(): Promise<void> {
    await this.#nodes.start();
    if (this.#router.hosts.size === 0) return;
    this.#sweeper.start(this.#router.hosts.values());
    await this.#rebalance.start();
    await this.#timers.start();
  }

  get hosting(): Hosting {
    return this.#hosting;
  }

  get clockOffMs(): number {
    return discovererOf(this.#options.broker)?.clockOffMs ?? 0;
  }

  get self(): string {
    return this.#nodes.self;
  }

  nodeOf(kind: string, id: string): string | undefined {
    return this.#nodes.nodeOf(kind, id);
  }

  onlyHere(): readonly string[] {
    return [...this.#router.hosts.keys()].filter((kind) => this.#nodes.isAloneWith(kind));
  }

  async drain(): Promise<void> {
    if (this.#hosting === 'hosting') {
      this.#hosting = 'draining';
      await this.#nodes.withdraw();
    }
    while (this.#hosting === 'draining' && !this.#isEmpty()) {
      await new Promise<void>((resolve) => this.#options.clock.after(drainLookMs, resolve));
    }
    if (this.#hosting === 'draining') this.#hosting = 'drained';
  }

  undrain(): void {
    if (this.#stopping || this.#hosting === 'hosting') return;
    this.#hosting = 'hosting';
    this.#nodes.host();
  }

  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#stopping = true;
    this.#rebalance.stop();
    this.#timers.stop();
    this.#runs.stop();
    this.#sweeper.stop();
    for (const activation of this.#router.activations()) this.#tickers.stopAll(activation);
    await this.#nodes.withdraw();
    let cancelGrace = (): void => undefined;
    const graceOver = new Promise<void>((resolve) => {
      cancelGrace = this.#options.clock.after(graceMs, resolve);
    });
    await Promise.race([this.#quiet(), graceOver]);
    cancelGrace();
    this.#router.close();
    this.#outbox.stop();
    for (const activation of [...this.#router.activations()]) activation.abandon();
    await this.#nodes.stop();
    this.#deadlines.stop();
  }

  ask<R extends Tagged>(protocol: AnyProtocol, id: string, command: Tagged, options: SendOptions = {}) {
    const answered = this.#stopping
      ? Promise.resolve(nodeStopping(refOf(protocol.kind, id)))
      : this.#sending.send(protocol, id, command, options, 'answer');
    return answered as Promise<Answered<R>>;
  }

  async tell(protocol: AnyProtocol, id: string, command: Tagged, options: SendOptions = {}): Promise<void> {
    const answered = this.#stopping
      ? nodeStopping(refOf(protocol.kind, id))
      : await this.#sending.send(protocol, id, command, options, 'acceptance');
    if (answered.ok) return;
    const { code, message } = answered.rejection;
    throw new RetryableError(codeOf({ code }) ?? 'NODE_UNREACHABLE', message);
  }

  async inspect(kind: string, id: string): Promise<Inspection> {
    const host = this.#router.hosts.get(kind);
    if (!host) throw new FatalError('ACTOR_KIND_UNKNOWN', kindUnknown(kind).rejection.message);
    const { journal, logger } = this.#options;
    const activation = host.activations.get(id);
    const { state, version } = activation?.durable ?? (await load(host.definition, journal, id, logger));
    const mailboxDepth = activation?.mailboxDepth ?? 0;
    return { ref: refOf(kind, id), state, version, mailboxDepth, active: activation !== undefined };
  }

  activations(): readonly ActivationInfo[] {
    const nowMs = this.#options.clock.elapsed();
    return [...this.#router.activations()].map((activation) => {
      const { ref, id, definition, durable, mailboxDepth, residence } = activation;
      const { kind } = definition.protocol;
      const idleMs = activation.idleMs(nowMs);
      return { ref, kind, id, version: durable?.version ?? 0, mailboxDepth, idleMs, anchored: residence.isAnchored };
    });
  }

  refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#router.refused);
  }

  onFatal(listener: (error: unknown) => void): () => void {
    this.#fatalListeners.add(listener);
    return () => this.#fatalListeners.delete(listener);
  }

  #surroundings(): Surroundings {
    const { journal, clock, logger, observer, newId } = this.#options;
    const performer = new Performer({
      clock,
      newId,
      outbox: this.#outbox,
      runs: this.#runs,
      tickers: this.#tickers,
      ask: (sender, cause) =>
        ((protocol: AnyProtocol, id: string, command: Tagged, options?: SendOptions) =>
          this.#sending.send(
            protocol,
            id,
            command,
            { sender, ...cause, ...options },
            'answer',
          )) as ExecutorContext<Tagged>['ask'],
    });
    return {
      journal,
      clock,
      logger,
      doubt: this.#doubt,
      self: this.#nodes.self,
      isAlive: (writer) => this.#nodes.isAlive(writer),
      anchoredAt: ({ ref }, writer) => this.#router.anchors.note(ref, writer),
      observer,
      isHere: (kind, id) => this.#router.isHere(kind, id),
      perform: (activation, cause, effects) => performer.perform(activation, cause, effects),
      timerSet: (atMs) => this.#timers.noteSet(atMs),
      deadLetter: ({ definition, id }, mail, code, message) =>
        this.#burial.bury(definition.protocol, id, mail, { code, message, attempts: mail.crashes }),
      left: (activation, mails) => {
        performer.left(activation);
        observer?.actorLeft?.({ kind: activation.definition.protocol.kind, ref: activation.ref });
        this.#router.left(activation, mails);
      },
      fatal: (error) => this.#fatal(error),
    };
  }

  #fatal(error: unknown): void {
    this.#options.logger.error({ code: codeOf(error), err: error }, 'node cannot go on');
    for (const listener of this.#fatalListeners) listener(error);
  }

  /** Whether nobody is in memory and nothing is on its way to anybody. */
  #isEmpty(): boolean {
    return this.#router.activations().next().done === true && this.#runs.active === 0 && this.#outbox.isEmpty;
  }

  /** Resolves when no command waits, no commit is in flight and no executor is at work. */
  async #quiet(): Promise<void> {
    do {
      await this.#runs.whenIdle();
      await Promise.all([...this.#router.activations()].map((activation) => activation.whenIdle()));
    } while (this.#runs.active > 0 || [...this.#router.activations()].some((activation) => !activation.isIdle));
  }
}
