/** What a call wants done about agents: one asked for, legs brought together, somebody told that it is over. */
import { messageLeadMs } from '#law/settings.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import type { AgentDeclined, AgentLinked, CallCommand, CallEvent, CallPlan } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { clearTimer, type Effect, run, setTimer, tell } from '#runtime/effects.ts';
import { type AgentOnCall, type AgentSideEvent, legOf } from './agent-side.ts';
import { type CallState, isOver } from './state.ts';

/** Who is out of the call. */
interface Left {
  readonly agentId: string;
  readonly reservation: number;
  readonly atMs: number;
}

type Effects = readonly Effect<CallCommand>[];

/** By the law of most countries nobody may wait longer for somebody to talk to. */
const connectDeadlineMs = 2000;
/** How much longer they may, once somebody is found and only the bridge is missing. */
const bridgeMs = 250;
const longestWaitMs = 60_000;

export function agentEffects(state: CallState, event: AgentSideEvent, actorId: string): Effects {
  const { side } = state;
  if (!side) return [];
  switch (event.type) {
    case 'AgentAssigned': {
      const on = event.consult ? side.consulted : side.agent;
      if (!on) return [];
      return [bridge(state, on, event.consult), ...(event.consult ? [] : untilHeard(state, event.atMs))];
    }
    case 'AgentConnected':
      return connected(state, event, actorId);
    case 'AgentLost':
    case 'AgentLeft':
      return [
        ...[over(event, actorId), ...closeLink(state, event)],
        ...(side.waitingSinceMs === undefined ? [] : waitAgain(state, actorId)),
        ...(event.type === 'AgentLost' && side.handOver ? [hold(state, event.atMs)] : []),
      ];
    case 'CallAbandoned':
      return abandoned(state, event.atMs, actorId);
    case 'CustomerHeld':
      return [hold(state, event.atMs)];
    case 'CustomerRetrieved':
      return [run('retrieve', {}, `retrieve:${event.atMs}`)];
    case 'HandOverRequested':
      return handOver(state, event);
    case 'HandOverEnded':
      if (event.waits) return waitAgain(state, actorId);
      return event.completed ? [] : stays(state, event, actorId);
    case 'ContactOptedOut':
      // Once it is over its contact does not ask what it has to tell, and nothing would say it again after a crash.
      return [...optOut(state, actorId), ...(state.phase === 'ended' ? [tellAgain(event.atMs)] : [])];
    case 'AgentLinked':
      return bridgeLink(state, event);
  }
}

/** Asks the campaign for an agent, and gives up when nobody comes. */
export function askForAgent(state: CallState, actorId: string): Effects {
  const { request, side, answeredAtMs } = state;
  if (!request || side?.waitingSinceMs === undefined) return [];
  const { wait, waitingSinceMs: sinceMs, named: agentId, notAgent: notAgentId, everConnected } = side;
  const { plan, campaignId } = request;
  const untilMs = everConnected ? sinceMs + (plan.longestWaitMs ?? longestWaitMs) : deadlineMs(plan, answeredAtMs);
  const asked = { type: 'RequestAgent', callId: actorId, sinceMs, wait, agentId, notAgentId } as const;
  return [
    tell(campaignProtocol, campaignId, asked, `agent:${wait}`),
    setTimer('wait', untilMs, { type: 'GiveUpWaiting', wait }),
  ];
}

function deadlineMs(plan: CallPlan, answeredAtMs: number): number {
  return answeredAtMs + (plan.connectDeadlineMs ?? connectDeadlineMs) - messageLeadMs;
}

/** Who was never talked to hears silence until the legs are together. */
function untilHeard({ request, side, answeredAtMs }: CallState, foundAtMs: number): Effects {
  if (!request || !side || side.everConnected) return [];
  const untilMs = Math.max(deadlineMs(request.plan, answeredAtMs), foundAtMs) + bridgeMs;
  return [setTimer('wait', untilMs, { type: 'GiveUpWaiting', wait: side.wait, connecting: true })];
}

/** The call is over: whoever was in it, or meant for it, is free. */
export function agentsOver({ request, side }: CallState, event: CallEvent, actorId: string): Effects {
  const meant = !side && request?.agentId ? [{ agentId: request.agentId, reservation: 0 }] : [];
  const named = side?.named ? [{ agentId: side.named, reservation: 0 }] : [];
  const inCall = [side?.agent, side?.consulted].filter((each) => each !== undefined);
  const others = [...meant, ...named].filter(({ agentId }) => inCall.every((each) => each.agentId !== agentId));
  return [...inCall, ...others].map(({ agentId, reservation }) =>
    tell(
      agentProtocol,
      agentId,
      { type: 'ReportCallOver', callId: actorId, reservation },
      `over:${agentId}:${event.type}`,
    ),
  );
}

/** Somebody who came too late, or stayed too long: whoever talks is let go of by the call's end alone. */
export function declined(
  state: CallState,
  { agentId, reason, reservation, atMs }: AgentDeclined,
  callId: string,
): Effect<CallCommand> {
  const command = isOver(state)
    ? ({ type: 'ReportCallOver', callId, reservation } as const)
    : ({ type: 'ReleaseAgent', callId, reason, reservation } as const);
  return tell(agentProtocol, agentId, command, `decline:${agentId}:${atMs}`);
}

/** After a crash: what is outstanding is asked for again under its old key. */
export function resumeAgents(state: CallState, actorId: string): Effects {
  const { side } = state;
  if (!side) return [];
  const { agent } = side;
  if (agent && !agent.connected) return [bridge(state, agent, false)];
  return agent ? [] : askForAgent(state, actorId);
}

function connected(state: CallState, { agentId, atMs }: { agentId: string; atMs: number }, actorId: string): Effects {
  const { request, side } = state;
  const on = [side?.consulted, side?.agent].find((each) => each?.agentId === agentId);
  if (!request || !on) return [];
  const { reservation } = on;
  const command = { type: 'ReportConnected', callId: actorId, reservation } as const;
  const told = tell(agentProtocol, agentId, command, `connected:${agentId}:${atMs}`);
  if (on === side?.consulted) return [told];
  const report = { type: 'ReportConnected', callId: actorId, agentId, atMs } as const;
  // Who was asked for by name, and came not, need not wait for this call any more.
  const named =
    side?.named && side.named !== agentId ? [over({ agentId: side.named, reservation: 0, atMs }, actorId)] : [];
  return [told, tell(campaignProtocol, request.campaignId, report, `connected:${atMs}`), clearTimer('wait'), ...named];
}

/** The callee hears the safe-harbour message; what the law wants counted, the campaign counts. */
function abandoned({ request }: CallState, atMs: number, actorId: string): Effects {
  if (!request) return [];
  const { safeHarbour } = request.plan;
  const report = { type: 'ReportAbandoned', callId: actorId, atMs } as const;
  return [
    tell(campaignProtocol, request.campaignId, report, 'abandoned'),
    ...(safeHarbour ? [run('play', { prompt: safeHarbour }, 'safe-harbour')] : []),
  ];
}

/** The contact hears of it whatever the campaign's law: who wants no more calls gets none. */
export function optOut({ request, side }: CallState, callId: string): Effects {
  if (!request) return [];
  const { campaignId, contactId } = request;
  const means = side?.optedOutByVoice ? 'voice' : 'digit';
  return [tell(contactProtocol, contactId, { type: 'OptOut', callId, campaignId, means }, 'opt-out')];
}

/** Long enough for whatever a crash has stopped to go on. */
const againMs = 60_000;

function tellAgain(atMs: number): Effect<CallCommand> {
  return setTimer('opted-out', atMs + againMs, { type: 'TellContact' });
}

function hold({ request }: CallState, atMs: number): Effect<CallCommand> {
  return run('hold', { music: request?.plan.holdMusic }, `hold:${atMs}`);
}

/** The customer waits, while the agent is gone, or asks another one. */
function waitAgain(state: CallState, actorId: string): Effects {
  const { side, request } = state;
  const music = request?.plan.holdMusic;
  return [
    ...(side?.everConnected ? [run('hold', { music }, `wait:${side.wait}`)] : []),
    ...askForAgent(state, actorId),
  ];
}

function handOver(state: CallState, event: AgentSideEvent & { type: 'HandOverRequested' }): Effects {
  const { toAgentId, target, atMs } = event;
  const { plan, campaignId } = state.request ?? {};
  if (target) {
    const uri = plan?.transfers?.targets.find(({ name }) => name === target)?.uri;
    return [run('transfer', { target, uri }, `transfer:${atMs}`)];
  }
  if (!toAgentId) return [];
  return [hold(state, atMs), run('consult', { toAgentId, campaignId }, `consult:${atMs}`)];
}

/** The customer stays with the agent, who hears of it where another one did not come. */
function stays(state: CallState, asked: Left, actorId: string): Effects {
  const { agentId, atMs } = asked;
  const { agent } = state.side ?? {};
  const out = agentId ? [over(asked, actorId), ...closeLink(state, asked)] : [];
  if (!agent) return out;
  const back = { type: 'ReportConnected', callId: actorId, reservation: agent.reservation } as const;
  return [
    ...out,
    run('bridge-back', { legId: legOf(agent) }, `back:${atMs}`),
    tell(agentProtocol, agent.agentId, back, `back:${agent.agentId}:${atMs}`),
  ];
}

function bridge(state: CallState, on: AgentOnCall, consult: boolean): Effect<CallCommand> {
  const { agentId, legId, nodeId, reservation, sinceMs } = on;
  const withLeg = consult ? withAgent(state) : {};
  return run('bridge', { agentId, legId, nodeId, reservation, ...withLeg }, `bridge:${agentId}:${sinceMs}`);
}

function withAgent({ side }: CallState): { readonly withLeg?: string } {
  return side?.agent ? { withLeg: legOf(side.agent) } : {};
}

/** The phone is on another node, and a leg here leads to it now. */
function bridgeLink(state: CallState, { agentId, linkId, side }: AgentLinked): Effects {
  const withLeg = state.side?.consulted?.linkId === linkId ? withAgent(state) : {};
  return [run('bridge-link', { agentId, linkId, side, ...withLeg }, `bridge-link:${linkId}`)];
}

/** Whoever is out of the call is not heard any more. */
function closeLink({ side }: CallState, { agentId, atMs }: Left): Effects {
  const linkId = side?.links?.[agentId];
  return linkId === undefined ? [] : [run('close-link', { linkId }, `close-link:${linkId}:${atMs}`)];
}

function over({ agentId, reservation, atMs }: Left, actorId: string): Effect<CallCommand> {
  const command = { type: 'ReportCallOver', callId: actorId, reservation } as const;
  return tell(agentProtocol, agentId, command, `over:${agentId}:${atMs}`);
}
