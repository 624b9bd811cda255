/**
 * What a node's runtime tells of its own work, for metrics and traces. Nothing waits for an observer and nothing
 * depends on one; where there is none, nothing is measured. What it hears has no number, name or secret in it.
 */
import type { Tagged } from '#proto/codec.ts';

/** Which actor, and what of its history. */
export interface Cause {
  readonly kind: string;
  /** kind/id. */
  readonly ref: string;
  readonly correlationId: string;
  /** kind/id@version of the commit that led to it; empty where it came from outside. */
  readonly causationId: string;
}

/** `accepted` has events, which are not durable yet; `answered` has none; `repeated` had its effect before. */
export type CommandOutcome = 'accepted' | 'answered' | 'repeated' | 'refused' | 'crashed';

export interface CommandDecided extends Cause {
  readonly commandId: string;
  readonly commandType: string;
  readonly outcome: CommandOutcome;
  /** Of the refusal; empty where it was none. */
  readonly code: string;
  /** Of the commit that it will be, where it was accepted. */
  readonly version: number;
  readonly startMs: number;
}

/** One append of one actor. */
export interface CommitsDurable {
  readonly kind: string;
  readonly ref: string;
  readonly commits: readonly {
    readonly version: number;
    readonly correlationId: string;
    readonly events: readonly Tagged[];
  }[];
  readonly startMs: number;
}

/** One try of one executor; `retried` failed and will be tried again. */
export interface EffectRun extends Cause {
  readonly executor: string;
  readonly outcome: 'done' | 'retried' | 'crashed';
  readonly startMs: number;
}

/** A command was sent to another node. */
export interface CommandDelivered extends Cause {
  readonly node: string;
  /** Of the refusal; empty where it was taken. */
  readonly code: string;
  readonly startMs: number;
}

/** Something was refused, and why. */
export interface Failure {
  /** Of the actor that it was for. */
  readonly kind: string;
  readonly code: string;
}

/** Each is called when the thing is over, with what `now` gave when it began. None of them may throw. */
export interface Observer {
  /** A clock that never goes back, ms. */
  now(): number;
  commandDecided?(command: CommandDecided): void;
  commitsDurable?(append: CommitsDurable): void;
  commitFailed?(failure: Failure): void;
  mailboxRefused?(failure: Failure): void;
  effectRun?(run: EffectRun): void;
  commandDelivered?(delivery: CommandDelivered): void;
  /** Somebody on this node asked an actor anywhere. */
  askFailed?(failure: Failure): void;
  /** A command that no actor could take. */
  commandDied?(failure: Failure): void;
  /** Another node sent what this one cannot read, or has no actor for. */
  envelopeRefused?(failure: Pick<Failure, 'code'>): void;
  /** An actor is out of this node's memory. */
  actorLeft?(actor: { readonly kind: string; readonly ref: string }): void;
}

type Fact = Exclude<keyof Observer, 'now'>;

const facts: readonly Fact[] = [
  'commandDecided',
  'commitsDurable',
  'commitFailed',
  'mailboxRefused',
  'effectRun',
  'commandDelivered',
  'askFailed',
  'commandDied',
  'envelopeRefused',
  'actorLeft',
];

/** Several as one, by the clock of the process. One that throws disturbs neither the node nor the others. */
export function observers(all: readonly Observer[], failed: (error: unknown) => void): Observer {
  const toAll = (fact: Fact) => {
    const listeners = all.filter((each) => each[fact]);
    if (listeners.length === 0) return [];
    const tell = (what: never): void => {
      for (const each of listeners) {
        try {
          each[fact]?.(what);
        } catch (error) {
          failed(error);
        }
      }
    };
    return [[fact, tell]];
  };
  return { now: () => performance.now(), ...Object.fromEntries(facts.flatMap(toAll)) };
}
