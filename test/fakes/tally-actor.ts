/** An actor that adds up numbers, and does whatever a test of the runtime needs an actor to do. */
import type { Codec, Protocol } from '#proto/codec.ts';
import { type ActorDefinition, type AnyActorDefinition, defineActor, type Executor } from '#runtime/actor.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { clearTimer, type Effect, run, setTimer, startTicking, stopTicking, tell } from '#runtime/effects.ts';

export type TallyCommand =
  | { readonly type: 'Add'; readonly amount: number }
  | { readonly type: 'Read' }
  | { readonly type: 'Remind'; readonly key: string; readonly atMs: number; readonly amount: number }
  | { readonly type: 'Forget'; readonly key: string }
  | { readonly type: 'Tick'; readonly everyMs: number }
  | { readonly type: 'Pass'; readonly to: string; readonly amount: number; readonly key: string }
  | { readonly type: 'Work'; readonly job: string; readonly key: string }
  | { readonly type: 'Finish' }
  | { readonly type: 'Crash'; readonly where: 'decide' | 'evolve' | 'react' };

export type TallyEvent =
  | { readonly type: 'Added'; readonly amount: number; readonly sender: string; readonly correlationId: string }
  | { readonly type: 'Noted'; readonly command: TallyCommand };

export interface TallyReply {
  readonly type: 'Total';
  readonly total: number;
}

export interface TallyState {
  readonly total: number;
  /** In the order they were added. */
  readonly amounts: readonly number[];
  /** Jobs that were begun and not finished. */
  readonly jobs: readonly { readonly job: string; readonly key: string }[];
}

function jsonCodec<T>(name: string): Codec<T> {
  return {
    name,
    encode: (message) => new TextEncoder().encode(JSON.stringify(message)),
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as T,
  };
}

function protocolOf(kind: string): Protocol<TallyCommand, TallyEvent, TallyReply> {
  return {
    kind,
    command: jsonCodec(`${kind}.Command`),
    event: jsonCodec(`${kind}.Event`),
    reply: jsonCodec(`${kind}.Reply`),
  };
}

export const tallyProtocol = protocolOf('tally');

/** A second kind, hosted or not as the test likes. */
export const otherTallyProtocol = protocolOf('other-tally');

/** A kind that no node was told of. */
export const unknownProtocol = protocolOf('unknown-tally');

const initial = (): TallyState => ({ total: 0, amounts: [], jobs: [] });

function decide(
  { total, jobs }: TallyState,
  command: TallyCommand,
  { sender, correlationId }: CommandMeta,
): Decision<TallyEvent, TallyReply> {
  switch (command.type) {
    case 'Add': {
      if (command.amount < 0) return reject('AMOUNT_NEGATIVE', 'A tally only grows; add 0 or more.');
      const { amount } = command;
      return {
        events: [{ type: 'Added', amount, sender, correlationId }],
        reply: { type: 'Total', total: total + amount },
      };
    }
    case 'Read':
      return answer({ type: 'Total', total });
    case 'Finish':
      return jobs.length > 0 ? accept({ type: 'Noted', command }) : accept();
    case 'Crash':
      if (command.where === 'decide') throw new Error('crashed in decide');
      return accept({ type: 'Noted', command });
    default:
      return accept({ type: 'Noted', command });
  }
}

function evolve(state: TallyState, event: TallyEvent): TallyState {
  if (event.type === 'Added') {
    return { ...state, total: state.total + event.amount, amounts: [...state.amounts, event.amount] };
  }
  const { command } = event;
  if (command.type === 'Crash' && command.where === 'evolve') throw new Error('crashed in evolve');
  if (command.type === 'Work') return { ...state, jobs: [...state.jobs, command] };
  if (command.type === 'Finish') return { ...state, jobs: [] };
  return state;
}

function react(_state: TallyState, event: TallyEvent): readonly Effect<TallyCommand>[] {
  if (event.type === 'Added') return [];
  const { command } = event;
  switch (command.type) {
    case 'Remind':
      return [setTimer(command.key, command.atMs, { type: 'Add', amount: command.amount })];
    case 'Forget':
      return [clearTimer(command.key)];
    case 'Tick':
      return [
        command.everyMs > 0 ? startTicking('tick', command.everyMs, { type: 'Add', amount: 1 }) : stopTicking('tick'),
      ];
    case 'Pass':
      return [tell(tallyProtocol, command.to, { type: 'Add', amount: command.amount }, command.key)];
    case 'Work':
      return [run(command.job, { key: command.key }, command.key)];
    case 'Crash':
      if (command.where === 'react') throw new Error('crashed in react');
      return [];
    default:
      return [];
  }
}

function resume(state: TallyState): readonly Effect<TallyCommand>[] {
  return state.jobs.map(({ job, key }) => run(job, { key }, key));
}

type Tally = ActorDefinition<TallyState, TallyCommand, TallyEvent, TallyReply>;

/** A tally with executors and settings of the test's. */
export function tallyActor(
  executors: Readonly<Record<string, Executor<TallyCommand>>> = {},
  settings: Partial<Tally> = {},
): AnyActorDefinition {
  return defineActor({
    protocol: tallyProtocol,
    initial,
    decide,
    evolve,
    react,
    resume,
    isWakeful: ({ jobs }) => jobs.length > 0,
    executors,
    supervision: { strategy: 'restart', intensity: 2, periodMs: 60_000, backoff: { minMs: 100, maxMs: 1000 } },
    snapshots: { everyCommits: 1000, schema: 1 },
    passivateAfterMs: 10_000,
    mailboxLimit: 100,
    ...settings,
  });
}
