/** What a call wants done: a channel, an INVITE, a prompt, an end. */
import { attemptOf } from '#proto/call-name.ts';
import type { CallCommand, CallEnded, CallEvent } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import type { AttemptLaw } from '#proto/generated/law.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Crash } from '#runtime/decision.ts';
import { clearTimer, type Effect, run, setTimer, tell } from '#runtime/effects.ts';
import { agentEffects, agentsOver, askForAgent, declined, optOut, resumeAgents } from './agent-effects.ts';
import { wasAbandoned } from './agent-side.ts';
import type { PermitWanted } from './permits.ts';
import type { CallState } from './state.ts';

/** The telephony port has watchdogs of its own; this one is for the day that they fail. */
const endingMs = 60_000;

export function react(state: CallState, event: CallEvent, actorId: string): readonly Effect<CallCommand>[] {
  const { request } = state;
  if (event.type === 'AgentDeclined') return [declined(state, event, actorId)];
  if (!request) return [];
  const { plan, trunkId } = request;
  switch (event.type) {
    case 'CallRequested':
    case 'RouteAwaited':
      return [seekRoute(state, trunkId)];
    case 'CallRerouted':
      return [state.waits ? stopSeeking(state) : seekRoute(state, trunkId)];
    case 'RouteDeclined':
      return [
        tell(trunkProtocol, event.trunkId, { type: 'ReleaseChannel', callId: actorId }, `decline:${event.atMs ?? 0}`),
        ...(event.permitted ? declinedPermit(state, event.atMs ?? 0, actorId) : []),
      ];
    case 'CallDialed':
      return [
        run('dial', { ...request, plan }, 'dial'),
        setTimer('ending', event.atMs + plan.ringTimeoutMs + endingMs, { type: 'DeclareLost' }),
      ];
    case 'CallRang':
      return plan.needsAgent
        ? [tell(campaignProtocol, request.campaignId, { type: 'ReportRinging', callId: actorId }, 'ringing')]
        : [];
    case 'CallAnswered':
      return answered(state, event.atMs, actorId);
    case 'DigitPressed':
      return isBargeIn(state) ? [run('stop-playing', {}, 'stop-playing')] : [];
    case 'PromptEnded':
      if (state.side?.abandoned) return optOutTimer(state, event.atMs);
      return state.gatherEnded ? [] : gatherTimer(state, event.atMs);
    case 'HangupRequested':
      return state.phase === 'routing' ? [] : hangUp(`hang-up:${event.atMs}`, event.atMs);
    case 'CallHungUp':
    case 'CallFailed':
      return [run('close-media', {}, 'close-media'), ...agentsOver(state, event, actorId)];
    case 'CallLost':
      return [run('abandon', {}, 'abandon')];
    case 'CallEnded':
      return [
        ...['ending', 'talk', 'gather'].map((key) => clearTimer(key)),
        ...(state.dialedAtMs
          ? [tell(trunkProtocol, trunkId, { type: 'ReleaseChannel', callId: actorId }, 'release')]
          : [stopSeeking(state)]),
        tell(
          campaignProtocol,
          request.campaignId,
          { type: 'ReportAttempt', callId: actorId, outcome: event.outcome, ...state.refusal, ...endOf(state, event) },
          'report',
        ),
        ...agentsOver(state, event, actorId),
        ...(state.side ? [clearTimer('wait')] : []),
        ...tellContact(state, actorId),
      ];
    case 'ContactToldAgain':
      // Under another key: what was told before the permit came is remembered, and was of no use.
      return tellContact(state, actorId, `tell-contact:${event.atMs}`);
    case 'CallAbandoned':
    case 'AgentAssigned':
    case 'AgentConnected':
    case 'AgentLost':
    case 'AgentLeft':
    case 'CustomerHeld':
    case 'CustomerRetrieved':
    case 'HandOverRequested':
    case 'HandOverEnded':
    case 'ContactOptedOut':
    case 'AgentLinked':
      return agentEffects(state, event, actorId);
    default:
      return [];
  }
}

/** Whoever counts the abandoned has to know how long somebody was there without an agent. */
function endOf({ side }: CallState, { atMs }: CallEnded): { readonly atMs?: number } {
  return side ? { atMs } : {};
}

/** A permit that came when the call was over already, or was to wait: nobody else has to wait for it. */
function declinedPermit(state: CallState, atMs: number, actorId: string): readonly Effect<CallCommand>[] {
  const { phase, request } = state;
  if (phase === 'ended') return tellContact(state, actorId, `tell-contact:declined:${atMs}`);
  if (phase !== 'routing' || !request?.law) return [];
  return [run('give-permit-back', permitOf(request, request.law), `permit-back:${atMs}`)];
}

/**
 * A contact hears how each call ended that it may have permitted: it permits no other one until then. By the state alone,
 * for a crash may have lost what was told before.
 */
function tellContact(state: CallState, actorId: string, key = 'tell-contact'): readonly Effect<CallCommand>[] {
  const { request, dialedAtMs, answeredAtMs, sinceMs: atMs } = state;
  const said = state.side?.optedOut ? optOut(state, actorId) : [];
  const outcome = wasAbandoned(state) ? 'abandoned' : state.outcome;
  const talkMs = answeredAtMs > 0 ? Math.max(0, atMs - answeredAtMs) : 0;
  if (!request?.law) return said;
  const { campaignId, contactId, law } = request;
  const { debt } = law.standing;
  const report = {
    type: 'ReportAttemptOutcome',
    callId: actorId,
    campaignId,
    outcome,
    dialed: dialedAtMs > 0,
  } as const;
  const about = debt === undefined ? {} : { debt };
  return [...said, tell(contactProtocol, contactId, { ...report, talkMs, atMs, ...about }, key)];
}

/** Whoever wanted the call to end before it was answered wants it still: nothing is played then. */
function answered(state: CallState, atMs: number, actorId: string): readonly Effect<CallCommand>[] {
  const plan = state.request?.plan;
  if (!plan) return [];
  if (state.hangup) return hangUp('hang-up-answered', atMs);
  const prompted = plan.prompt ? [run('play', { prompt: plan.prompt }, 'play')] : gatherTimer(state, atMs);
  return [
    ...(state.side ? askForAgent(state, actorId) : prompted),
    setTimer('talk', atMs + plan.maxTalkMs, { type: 'EndTalk' }),
    setTimer('ending', atMs + plan.maxTalkMs + endingMs, { type: 'DeclareLost' }),
  ];
}

/** Whoever has begun to answer need not hear the question to its end. */
function isBargeIn({ request, digits, promptEnded, hangup }: CallState): boolean {
  const plan = request?.plan;
  return plan !== undefined && plan.prompt !== '' && !promptEnded && !hangup && digits.length < plan.gatherDigits;
}

function hangUp(key: string, atMs: number): readonly Effect<CallCommand>[] {
  return [run('hang-up', {}, key), setTimer('ending', atMs + endingMs, { type: 'DeclareLost' })];
}

/**
 * After a crash: ask for the route again, at once, for the trunk is another one now; or find out whether the call is
 * still held by somebody here.
 */
export function resume(state: CallState, actorId: string): readonly Effect<CallCommand>[] {
  switch (state.phase) {
    case 'routing':
      return state.request && !state.waits ? [seekRoute({ ...state, routeRetryAtMs: 0 }, state.request.trunkId)] : [];
    case 'dialing':
    case 'ringing':
    case 'talking':
      return [run('find', {}, 'find'), ...resumeAgents(state, actorId)];
    case 'closing':
      return [run('close-media', {}, 'close-media')];
    default:
      return [];
  }
}

export function isWakeful(state: CallState): boolean {
  return state.phase !== 'new' && state.phase !== 'ended';
}

/** While it holds a line: that cannot move. */
export function anchored({ phase }: CallState): boolean {
  return phase === 'dialing' || phase === 'ringing' || phase === 'talking' || phase === 'closing';
}

/** Another node held this one for lost and said what became of the call: the line goes. */
export function deposed(): readonly Effect<CallCommand>[] {
  return [run('abandon', {}, 'deposed')];
}

/** Its campaign hears of it, for the next lead may crash the same way. A call's id begins with its campaign's. */
export function escalate(actorId: string, { commandId, code }: Crash): readonly Effect<CallCommand>[] {
  const attempt = attemptOf(actorId);
  if (!attempt) return [];
  return [
    tell(campaignProtocol, attempt.campaignId, { type: 'ReportCrash', callId: actorId, code }, `crash:${commandId}`),
  ];
}

function seekRoute(state: CallState, trunkId: string): Effect<CallCommand> {
  const { routeRetryAtMs: notBeforeMs, routeCode: knownCode, request } = state;
  const asking = request?.law ? { permit: permitOf(request, request.law) } : {};
  return run('seek-route', { trunkId, notBeforeMs, knownCode, ...asking }, `route:${state.routeTries}`);
}

/** What the contact is asked, but for what only the node knows. */
function permitOf(request: NonNullable<CallState['request']>, { fingerprint, standing }: AttemptLaw): PermitWanted {
  const { campaignId, contactId, plan } = request;
  const recorded = !('needsAgent' in plan && plan.needsAgent === true);
  const agentWaits = 'agentId' in request && typeof request.agentId === 'string' && request.agentId !== '';
  // Until its own watchdogs have ended it.
  const lastsMs = plan.ringTimeoutMs + plan.maxTalkMs + 2 * endingMs;
  return { campaignId, contactId, fingerprint, standing, recorded, agentWaits, lastsMs };
}

function stopSeeking({ routeTries }: CallState): Effect<CallCommand> {
  return run('stop-seeking', {}, `stop-seeking:${routeTries}`);
}

/** How long somebody who heard the safe-harbour message has for the digit that ends all calls. */
const optOutMs = 3000;

function optOutTimer({ request, hangup }: CallState, fromMs: number): readonly Effect<CallCommand>[] {
  if (hangup || !request?.plan.optOutDigit) return [];
  return [setTimer('gather', fromMs + optOutMs, { type: 'EndGather' })];
}

function gatherTimer(state: CallState, fromMs: number): readonly Effect<CallCommand>[] {
  const plan = state.request?.plan;
  if (!plan || plan.gatherDigits === 0) return [];
  return [setTimer('gather', fromMs + plan.gatherTimeoutMs, { type: 'EndGather' })];
}
