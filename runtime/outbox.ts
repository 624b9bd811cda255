/**
 * Commands from actors to actors, delivered at least once: sent again with backoff for as long as nobody can take them,
 * up to a day; where it cannot be known whether they were taken, a few times. Then the dead letters have them. What follows from the same sender to the same actor waits its turn.
 */
import type { SteadyClock } from '#ports/clock.ts';
import { codeOf, type ErrorCode } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import type { AnyProtocol } from './envelopes.ts';
import type { Mail } from './mail.ts';
import { refOf } from './refs.ts';
import { isPassing, mailboxFull } from './refusals.ts';
import { backoffMs } from './supervisor.ts';

/** A command that has its effect once under its id. */
export interface Posting {
  readonly protocol: AnyProtocol;
  readonly id: string;
  readonly command: Tagged;
  readonly commandId: string;
  readonly sender: string;
  readonly correlationId: string;
  readonly causationId: string;
}

type Rejection = Extract<Answered<Tagged>, { ok: false }>['rejection'];

interface Posted extends Posting {
  readonly order: number;
  /** By a clock that nobody sets. */
  readonly postedAtMs: number;
  attempts: number;
  /** Those of them after which somebody may have it, or nobody ever will. */
  doubtful: number;
}

/** Postings of one sender to one actor. */
interface Lane {
  /** Routed, and not answered yet. */
  unanswered: number;
  /** Not routed, or to be routed again, in the order in which they were posted. */
  readonly waiting: Posted[];
  /** Set while it waits for another try. */
  cancelRetry: (() => void) | undefined;
  /** While it routes: an answer that comes at once must not route the next from within. */
  isGoing: boolean;
}

export interface OutboxOptions {
  readonly clock: SteadyClock;
  readonly logger: Logger;
  /** Whether a mailbox of this node takes or refuses the command at once, in order. */
  isLocal(kind: string, id: string): boolean;
  route(protocol: AnyProtocol, id: string, mail: Mail): void;
  /** Whether what waits may hold up this node for long. */
  hasTime(): boolean;
  deadLetter(posting: Posting, code: ErrorCode, message: string, attempts: number): void;
}

const backoff = { minMs: 50, maxMs: 5000 };
/** Where somebody may have taken it: about half a minute of waits, then a person has to look. */
const maxAttempts = 12;
/** A receiver that nobody can reach for so long: a person has to look. */
const patienceMs = 24 * 3_600_000;
/** What one sender tells one actor: more would fill the memory while the receiver is away. */
const laneLimit = 50_000;

/** Nobody has taken it, and that will be mended: by a node that starts, a mailbox that empties, a journal that is back. */
const notTaken: ReadonlySet<string> = new Set<ErrorCode>([
  'ACTOR_MOVED',
  'DISK_FULL',
  'JOURNAL_CLOSED',
  'JOURNAL_UNAVAILABLE',
  'MAILBOX_FULL',
  'NODE_STOPPING',
  'NODE_UNREACHABLE',
]);

const undeliverable: ReadonlySet<string> = new Set<ErrorCode>([
  'ACTOR_ID_INVALID',
  'ACTOR_KIND_UNKNOWN',
  'COMMAND_TOO_LARGE',
  'COMMAND_UNREADABLE',
]);

export class Outbox {
  readonly #options: OutboxOptions;
  /** Lanes from a sender to an actor with something under way or waiting. */
  readonly #lanes = new Map<string, Lane>();
  #order = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  post(posting: Posting): void {
    const key = laneOf(posting);
    const lane = this.#lanes.get(key) ?? { unanswered: 0, waiting: [], cancelRetry: undefined, isGoing: false };
    const posted = {
      ...posting,
      order: this.#order++,
      postedAtMs: this.#options.clock.elapsed(),
      attempts: 0,
      doubtful: 0,
    };
    if (lane.waiting.length >= laneLimit) {
      this.#giveUp(posted, mailboxFull(refOf(posting.protocol.kind, posting.id)).rejection);
      return;
    }
    this.#lanes.set(key, lane);
    lane.waiting.push(posted);
    this.#goOn(key, lane);
  }

  /** Whether nothing waits and nothing is under way. */
  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  /** Forgets what waits: its senders have it in their state, and resume. */
  stop(): void {
    for (const { cancelRetry } of this.#lanes.values()) cancelRetry?.();
    this.#lanes.clear();
  }

  /**
   * Routes what may go now. To this node: all, for the mailbox keeps the order. To another node: one, and the next when
   * it was answered, for a posting that is lost on the way must not be overtaken.
   */
  #goOn(key: string, lane: Lane): void {
    if (lane.isGoing || this.#lanes.get(key) !== lane) return;
    lane.isGoing = true;
    for (let next = this.#next(lane); next; next = this.#next(lane)) this.#route(key, lane, next);
    lane.isGoing = false;
    if (lane.unanswered === 0 && lane.waiting.length === 0) this.#lanes.delete(key);
  }

  #next({ waiting, unanswered, cancelRetry }: Lane): Posted | undefined {
    const [next] = waiting;
    if (!next || cancelRetry) return undefined;
    if (unanswered > 0 && !this.#options.isLocal(next.protocol.kind, next.id)) return undefined;
    return waiting.shift();
  }

  #route(key: string, lane: Lane, posted: Posted): void {
    posted.attempts += 1;
    lane.unanswered += 1;
    let isAnswered = false;
    const { protocol, id, command, commandId, sender, correlationId, causationId } = posted;
    this.#options.route(protocol, id, {
      command,
      commandId,
      fresh: false,
      sender,
      correlationId,
      causationId,
      sentAtMs: this.#options.clock.now(),
      crashes: 0,
      settle: (answered) => {
        if (isAnswered) return;
        isAnswered = true;
        lane.unanswered -= 1;
        this.#answered(key, lane, posted, answered);
        this.#goOn(key, lane);
      },
      comeBack: () => {
        if (isAnswered) return;
        isAnswered = true;
        lane.unanswered -= 1;
        this.#takeBack(key, lane, posted);
      },
    });
  }

  /** The actor moved. What went with it comes back in this same turn; then they go after it, in order. */
  #takeBack(key: string, lane: Lane, posted: Posted): void {
    posted.attempts -= 1;
    putBack(lane, posted);
    queueMicrotask(() => this.#goOn(key, lane));
  }

  #answered(key: string, lane: Lane, posted: Posted, answered: Answered<Tagged>): void {
    if (answered.ok) return;
    const { rejection } = answered;
    if (!notTaken.has(rejection.code)) posted.doubtful += 1;
    if (isPassing(answered) && this.#isWorthAnotherTry(posted)) this.#retry(key, lane, posted);
    else if (isPassing(answered) || undeliverable.has(rejection.code)) this.#giveUp(posted, rejection);
    else this.#options.logger.debug(fieldsOf(posted, rejection), 'command refused');
  }

  #isWorthAnotherTry({ attempts, doubtful, postedAtMs }: Posted): boolean {
    const { clock, hasTime } = this.#options;
    if (!hasTime()) return attempts < maxAttempts;
    return doubtful < maxAttempts && clock.elapsed() - postedAtMs < patienceMs;
  }

  #giveUp(posted: Posted, rejection: Rejection): void {
    const { logger, deadLetter } = this.#options;
    logger.error(fieldsOf(posted, rejection), 'command undeliverable');
    deadLetter(posted, codeOf(rejection) ?? 'NODE_UNREACHABLE', rejection.message, posted.attempts);
  }

  #retry(key: string, lane: Lane, posted: Posted): void {
    putBack(lane, posted);
    if (lane.cancelRetry || this.#lanes.get(key) !== lane) return;
    lane.cancelRetry = this.#options.clock.after(backoffMs(backoff, posted.attempts - 1), () => {
      lane.cancelRetry = undefined;
      this.#goOn(key, lane);
    });
  }
}

function fieldsOf({ sender, protocol, id, commandId }: Posted, { code }: Rejection) {
  return { actor: sender, to: refOf(protocol.kind, id), commandId, code };
}

function putBack({ waiting }: Lane, posted: Posted): void {
  waiting.push(posted);
  waiting.sort((left, right) => left.order - right.order);
}

function laneOf({ sender, protocol, id }: Posting): string {
  return `${sender}>${refOf(protocol.kind, id)}`;
}
