/** What a call makes of what it is told. Whatever the order, it dials once at most and has one outcome. */
import type {
  CallCommand,
  CallEnded,
  CallEvent,
  CallFailed,
  CallPlan,
  CallReply,
  MediaSummary,
  Outcome,
  PlaceCall,
  ReportAgentGone,
  TakeRoute,
} from '#proto/generated/call.ts';
import { accept, acceptWith, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { type AgentCommand, agentTalk, nobodyFree } from './agent-talk.ts';
import { type CallState, evolve } from './state.ts';

type Decided = Decision<CallEvent, CallReply>;

const endedByOperator = 'ended by an operator';
const campaignStopped = 'the campaign was stopped';
/** What a refusal names where it is no rule of the law: whoever was to be there is not. */
const agentGoneRule = 'agent-gone';

export function decide(state: CallState, command: CallCommand, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'PlaceCall':
      return place(state, command, atMs);
    case 'DescribeCall':
      return answer(described(state));
    case 'TakeRoute':
      if (!mayTake(state, command)) {
        const { trunkId, permitted } = command;
        return accept({ type: 'RouteDeclined', trunkId, ...(permitted ? { permitted } : {}), atMs });
      }
      return accept({ type: 'RouteTaken', trunkId: command.trunkId }, { type: 'CallDialed', atMs });
    case 'TakeRefusal': {
      if (!isSeeking(state)) return accept();
      const { type: _, ...refusal } = command;
      const reason = `the law does not allow it now: ${command.ruleId}`;
      return accept(
        { type: 'CallRefused', ...refusal, atMs },
        end(state, { outcome: 'refused', sipStatus: 0, reason, atMs }),
      );
    }
    case 'ReportAgentGone':
      return isWanted(state, command.agentId) ? unwanted(state, command, atMs) : agents(state, command, atMs);
    case 'AwaitRoute':
      if (!isSeeking(state)) return accept();
      return accept({ type: 'RouteAwaited', code: command.code, retryAtMs: atMs + command.retryAfterMs });
    case 'ReportRinging':
      return state.phase === 'dialing' ? accept({ type: 'CallRang', sipStatus: command.sipStatus, atMs }) : accept();
    case 'ReportAnswer':
      if (state.phase !== 'dialing' && state.phase !== 'ringing') return accept();
      return accept({ type: 'CallAnswered', sipStatus: command.sipStatus, atMs });
    case 'ReportFailure':
      if (!isLive(state)) return accept();
      return accept({
        type: 'CallFailed',
        outcome: command.outcome,
        sipStatus: command.sipStatus,
        reason: command.reason,
        atMs,
      });
    case 'ReportHangup':
      return isLive(state) ? accept({ type: 'CallHungUp', by: command.by, reason: command.reason, atMs }) : accept();
    case 'ReportMedia':
      return state.phase === 'closing' ? accept(ended(state, command.media, atMs)) : accept();
    case 'HangUp':
      return hangUp(state, command.by, meta);
    case 'ReportMediaLoss':
      if (!isLive(state) || state.hangup) return accept();
      return accept(planEnds('the media was lost', atMs));
    case 'ReportSilence':
      if (state.phase !== 'talking' || state.hangup) return accept();
      return accept(planEnds('nothing was heard any more', atMs));
    case 'DeclareLost':
      // Where the network has spoken, only the media's report is missing: the outcome stands without it.
      if (state.phase === 'closing') return accept(ended(state, undefined, atMs));
      return isLive(state) ? accept({ type: 'CallLost', atMs }, lost(state, atMs)) : accept();
    case 'TellContact':
      return isNoCall(state) ? accept({ type: 'ContactToldAgain', atMs }) : accept();
    case 'ReportDigit':
    case 'ReportPromptEnd':
    case 'EndGather':
    case 'EndTalk':
      return talk(state, command, atMs);
    default:
      return agents(state, command, atMs);
  }
}

/** It is over, or waits undialed for its campaign to go on: nobody else has to wait for it. */
function isNoCall({ phase, waits }: CallState): boolean {
  return phase === 'ended' || (phase === 'routing' && waits);
}

function agents(state: CallState, command: AgentCommand, atMs: number): Decided {
  return agentTalk(state, command, atMs, (reason) => planEnds(reason, atMs));
}

/** Whether it is dialed because this agent is there. */
function isWanted({ phase, request }: CallState, agentId: string): boolean {
  return phase === 'routing' && request?.agentId === agentId;
}

/** The contact may be one that is called only where an agent waits: it is shown to another one, as soon as there is one. */
function unwanted(state: CallState, { agentId, reservation }: ReportAgentGone, atMs: number): Decided {
  return accept<CallEvent>(
    { type: 'AgentDeclined', agentId, reason: 'the call is not dialed', atMs, reservation },
    { type: 'CallRefused', ruleId: agentGoneRule, retryAtMs: atMs, atMs },
    end(state, { outcome: 'refused', sipStatus: 0, reason: 'the agent who wanted the call is gone', atMs }),
  );
}

/** The part of a call in which somebody is on the line: prompt, digits, the end of the plan. */
function talk(
  state: CallState,
  command: CallCommand & { type: 'ReportDigit' | 'ReportPromptEnd' | 'EndGather' | 'EndTalk' },
  atMs: number,
): Decided {
  if (state.phase !== 'talking') return accept();
  switch (command.type) {
    case 'ReportDigit':
      return pressed(state, command.digit, atMs);
    case 'ReportPromptEnd': {
      if (state.promptEnded || isForAgents(state)) return accept();
      const event: CallEvent = { type: 'PromptEnded', completed: command.completed, atMs };
      const { optOutDigit, gatherDigits } = state.request?.plan ?? {};
      // Whoever was abandoned may still press the digit that ends all calls.
      const done = !state.hangup && (state.side ? !optOutDigit : gatherDigits === 0);
      return done ? accept(event, planEnds('prompt ended', atMs)) : accept(event);
    }
    case 'EndGather':
      if (state.gatherEnded || state.hangup || isForAgents(state)) return accept();
      if (state.side?.abandoned) return accept(planEnds(nobodyFree, atMs));
      return accept({ type: 'GatherEnded', digits: state.digits, complete: false }, planEnds('no more digits', atMs));
    case 'EndTalk':
      return state.hangup ? accept() : accept(planEnds('longest talk reached', atMs));
  }
}

/** What nobody asked for, or asks an agent's customer for, is nothing to us: it may be a card's number, or a person's. */
function pressed(state: CallState, digit: string, atMs: number): Decided {
  const event: CallEvent = { type: 'DigitPressed', digit, atMs };
  if (isOptOut(state, digit)) {
    return accept(event, { type: 'ContactOptedOut', digit, atMs }, planEnds('opted out', atMs));
  }
  const digits = state.digits + digit;
  const wanted = state.side ? 0 : (state.request?.plan.gatherDigits ?? 0);
  if (state.gatherEnded || state.hangup || digits.length > wanted) return accept();
  if (digits.length < wanted) return accept(event);
  return accept(event, { type: 'GatherEnded', digits, complete: true }, planEnds('digits gathered', atMs));
}

/** No prompt is played to whoever talks to an agent or waits for one. */
function isForAgents({ side }: CallState): boolean {
  return side !== undefined && !side.abandoned;
}

function isOptOut({ side, request, hangup }: CallState, digit: string): boolean {
  return side?.abandoned === true && !side.optedOut && !hangup && request?.plan.optOutDigit === digit;
}

/** Until it is dialed, a call is what its campaign wants of it now; after that it goes its way. */
function place(state: CallState, command: PlaceCall, atMs: number): Decided {
  const { campaignId, row, contactId, mask, trunkId, plan, agentId, law } = command;
  const events: CallEvent[] = [];
  if (state.phase === 'new') {
    const more = { ...(law ? { law } : {}), ...(agentId ? { agentId } : {}) };
    events.push({ type: 'CallRequested', campaignId, row, contactId, mask, trunkId, plan, atMs, ...more });
  }
  const asked = events.reduce(evolve, state);
  if (asked.phase === 'routing') events.push(...wanted(asked, command, atMs));
  return acceptWith(described(events.reduce(evolve, state)), ...events);
}

/** What brings a call that was not dialed yet to what its campaign wants. */
function wanted(state: CallState, { trunkId, plan, intent, law }: PlaceCall, atMs: number): CallEvent[] {
  if (intent === 'withdraw') return [planEnds(campaignStopped, atMs), neverDialed(state, campaignStopped, atMs)];
  const waits = intent === 'wait';
  const { request } = state;
  const sameLaw = law === undefined || request?.law?.fingerprint === law.fingerprint;
  const same = state.waits === waits && request?.trunkId === trunkId && samePlan(request.plan, plan) && sameLaw;
  return same ? [] : [{ type: 'CallRerouted', trunkId, plan, waits, atMs, ...(sameLaw ? {} : { law }) }];
}

function samePlan(one: CallPlan, other: CallPlan): boolean {
  const keys = Object.keys({ ...one, ...other }) as (keyof CallPlan)[];
  return keys.every((key) => JSON.stringify(one[key]) === JSON.stringify(other[key]));
}

/** Nobody has to be asked, and a channel that still comes is declined. */
function neverDialed(state: CallState, reason: string, atMs: number): CallEvent {
  return end(state, { outcome: 'canceled', sipStatus: 0, reason, atMs });
}

/** Where there are rules, nothing is dialed that they did not permit. */
function mayTake(state: CallState, { trunkId, permitted }: TakeRoute): boolean {
  return isSeeking(state) && trunkId === state.request?.trunkId && (permitted === true || !state.request.law);
}

/** Whether it asks for a channel. */
function isSeeking(state: CallState): boolean {
  return state.phase === 'routing' && !state.waits;
}

function hangUp(state: CallState, by: string, { actorId, nowMs: atMs }: CommandMeta): Decided {
  if (state.phase === 'new') return reject('CALL_UNKNOWN', `There is no call ${actorId}: look at the list of calls.`);
  if (state.phase === 'routing') {
    return accept(requestedByOperator(by, atMs), neverDialed(state, endedByOperator, atMs));
  }
  // Asked again, the network is asked again.
  return isLive(state) ? accept(requestedByOperator(by, atMs)) : accept();
}

function requestedByOperator(by: string, atMs: number): CallEvent {
  return { type: 'HangupRequested', party: 'operator', by, reason: endedByOperator, atMs };
}

function planEnds(reason: string, atMs: number): CallEvent {
  return { type: 'HangupRequested', party: 'callboard', by: '', reason, atMs };
}

/** Dialed, and the network has not said yet that it is over. */
function isLive(state: CallState): boolean {
  return state.phase === 'dialing' || state.phase === 'ringing' || state.phase === 'talking';
}

function ended(state: CallState, media: MediaSummary | undefined, atMs: number): CallEvent {
  const over = state.end;
  const failure = over && 'outcome' in over ? over : undefined;
  return end(state, {
    outcome: failure ? outcomeOf(state, failure) : answeredOutcome(state),
    sipStatus: failure ? failure.sipStatus : state.answerStatus,
    reason: state.hangup?.reason ?? over?.reason ?? '',
    atMs: over?.atMs ?? atMs,
    ...(media ? { media } : {}),
  });
}

function answeredOutcome({ side }: CallState): Outcome {
  return side?.abandoned ? 'abandoned' : 'answered';
}

/** What we canceled ourselves, with no operator behind it, has failed. */
function outcomeOf(state: CallState, { outcome }: CallFailed): Outcome {
  return outcome === 'canceled' && state.hangup && !state.hangup.byOperator ? 'failed' : outcome;
}

function lost(state: CallState, atMs: number): CallEvent {
  const reason = 'the node that held the call ended; it may have rung';
  return end(state, { outcome: 'unknown', sipStatus: state.answerStatus, reason, atMs });
}

function end(
  state: CallState,
  how: Pick<CallEnded, 'outcome' | 'sipStatus' | 'reason' | 'atMs'> & { readonly media?: MediaSummary },
): CallEvent {
  const ringEndMs = state.answeredAtMs || how.atMs;
  return {
    type: 'CallEnded',
    ...how,
    ringMs: state.dialedAtMs ? Math.max(0, ringEndMs - state.dialedAtMs) : 0,
    talkMs: state.answeredAtMs ? Math.max(0, how.atMs - state.answeredAtMs) : 0,
    digits: state.digits,
  };
}

function described(state: CallState): CallReply {
  return {
    type: 'CallDescribed',
    phase: state.hangup && isLive(state) ? 'ending' : state.phase,
    campaignId: state.request?.campaignId ?? '',
    row: state.request?.row ?? 0,
    mask: state.request?.mask ?? '',
    outcome: state.outcome,
    sinceMs: state.sinceMs,
    digits: state.digits,
    ...state.refusal,
    ...(state.request ? { contactId: state.request.contactId } : {}),
    ...(state.side?.agent?.connected ? { agentId: state.side.agent.agentId } : {}),
  };
}
