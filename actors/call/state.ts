/** What a call knows of itself. */
import type { CallEvent, CallFailed, CallHungUp, CallRequested, CallRerouted, Outcome } from '#proto/generated/call.ts';
import { type AgentSide, answeredFor, evolveSide } from './agent-side.ts';

/**
 * new → routing → dialing → ringing → talking → closing → ended. `closing` waits for the media's report; a call
 * that somebody asked to end keeps its phase until the network says that it has.
 */
export type Phase = 'new' | 'routing' | 'dialing' | 'ringing' | 'talking' | 'closing' | 'ended';

export interface CallState {
  readonly phase: Phase;
  readonly request?: Omit<CallRequested, 'atMs'>;
  /** How often a route was asked for. */
  readonly routeTries: number;
  /** Not before this the trunk is asked again. */
  readonly routeRetryAtMs: number;
  /** Why there was none the last time; empty at first. */
  readonly routeCode: string;
  /** No channel is asked for until the campaign says so. */
  readonly waits: boolean;
  readonly requestedAtMs: number;
  readonly dialedAtMs: number;
  readonly answeredAtMs: number;
  readonly answerStatus: number;
  readonly promptEnded: boolean;
  readonly digits: string;
  readonly gatherEnded: boolean;
  /** Who asked for the end, where it was not the network. */
  readonly hangup?: { readonly byOperator: boolean; readonly reason: string };
  /** Which rule of the law refused it, and when it may be tried again. */
  readonly refusal?: { readonly ruleId: string; readonly retryAtMs?: number };
  /** How the network says it ended. */
  readonly end?: Omit<CallHungUp, 'by'> | CallFailed;
  readonly outcome: Outcome;
  readonly sinceMs: number;
  /** From the answer on, where it is for an agent. */
  readonly side?: AgentSide;
}

export function initial(): CallState {
  return {
    phase: 'new',
    routeTries: 0,
    routeRetryAtMs: 0,
    routeCode: '',
    waits: false,
    requestedAtMs: 0,
    dialedAtMs: 0,
    answeredAtMs: 0,
    answerStatus: 0,
    promptEnded: false,
    digits: '',
    gatherEnded: false,
    outcome: 'unspecified',
    sinceMs: 0,
  };
}

/** The network has said how it ended: nobody is on the line any more. */
export function isOver({ phase }: CallState): boolean {
  return phase === 'closing' || phase === 'ended';
}

export function evolve(state: CallState, event: CallEvent): CallState {
  switch (event.type) {
    case 'CallRequested': {
      const { type: _, atMs, ...request } = event;
      return { ...state, phase: 'routing', request, routeTries: 1, requestedAtMs: atMs, sinceMs: atMs };
    }
    case 'RouteAwaited':
      return { ...state, routeTries: state.routeTries + 1, routeRetryAtMs: event.retryAtMs, routeCode: event.code };
    case 'CallRerouted':
      return rerouted(state, event);
    case 'RouteTaken':
    case 'RouteDeclined':
    case 'AgentDeclined':
    case 'CallLost':
    case 'ContactToldAgain':
      return state;
    case 'CallRefused': {
      const { ruleId, retryAtMs } = event;
      return { ...state, refusal: { ruleId, ...(retryAtMs === undefined ? {} : { retryAtMs }) } };
    }
    case 'CallDialed':
      return { ...state, phase: 'dialing', dialedAtMs: event.atMs, sinceMs: event.atMs };
    case 'CallRang':
      return { ...state, phase: 'ringing', sinceMs: event.atMs };
    case 'CallAnswered':
      return {
        ...state,
        phase: 'talking',
        answeredAtMs: event.atMs,
        answerStatus: event.sipStatus,
        sinceMs: event.atMs,
        ...(state.request?.plan.needsAgent ? { side: answeredFor(state.request.agentId ?? '', event.atMs) } : {}),
      };
    case 'PromptEnded':
      return { ...state, promptEnded: true };
    case 'DigitPressed':
      return { ...state, digits: state.digits + event.digit };
    case 'GatherEnded':
      return { ...state, gatherEnded: true };
    case 'HangupRequested':
      return { ...state, hangup: { byOperator: event.party === 'operator', reason: event.reason } };
    case 'CallHungUp': {
      const { reason, atMs } = event;
      return { ...state, phase: 'closing', end: { reason, atMs }, sinceMs: atMs };
    }
    case 'CallFailed': {
      const { type: _, ...end } = event;
      return { ...state, phase: 'closing', end, sinceMs: event.atMs };
    }
    case 'CallEnded':
      return { ...state, phase: 'ended', outcome: event.outcome, sinceMs: event.atMs };
    default:
      return state.side ? { ...state, side: evolveSide(state.side, event) } : state;
  }
}

/** The route is sought anew, from the beginning. */
function rerouted(state: CallState, { trunkId, plan, waits, law }: CallRerouted): CallState {
  if (!state.request) return state;
  const request = { ...state.request, trunkId, plan, ...(law ? { law } : {}) };
  return { ...state, request, waits, routeTries: state.routeTries + 1, routeRetryAtMs: 0, routeCode: '' };
}
