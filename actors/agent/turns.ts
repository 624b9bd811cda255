/** Which of its campaigns hears that an agent is ready, for how long, and what the others hear. */
import type { AgentCommand } from '#proto/generated/agent.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { type Effect, setTimer, tell } from '#runtime/effects.ts';
import { type AgentState, isShared, turnOf } from './state.ts';

type Effects = readonly Effect<AgentCommand>[];

/** How long a campaign has an agent to itself before it is asked whether another may; longer while none has a use for it. */
const turnMs = 3000;
const longestTurnMs = 30_000;

/** One campaign, whose turn it is: of several each would dial a line for this agent. */
export function tellReady(state: AgentState, agentId: string, when: number | string): Effects {
  const { profile, idleSinceMs } = state;
  const { skills = [], languages = [] } = profile ?? {};
  const campaignId = turnOf(state);
  if (campaignId === undefined) return [];
  const ready = { type: 'ReportAgentReady', agentId, sinceMs: idleSinceMs, skills, languages } as const;
  const sinceMs = typeof when === 'number' ? when : idleSinceMs;
  return [tell(campaignProtocol, campaignId, ready, `ready:${campaignId}:${when}`), ...turnEnds(state, sinceMs)];
}

/** The campaign whose turn it is hears of it, and so do the others, of which one may have talked to the agent last. */
export function takesTurn(state: AgentState, agentId: string, atMs: number): Effects {
  return [
    ...tellAway(state, agentId, 'works for another campaign', atMs, turnOf(state)),
    ...tellReady(state, agentId, atMs),
  ];
}

export function turnEnds(state: AgentState, fromMs: number): Effects {
  const campaignId = turnOf(state);
  if (!isShared(state) || campaignId === undefined) return [];
  // Where nobody dials, nobody is to be kept awake for it.
  const rounds = Math.floor(state.passed / (state.profile?.campaigns.length ?? 1));
  const lastsMs = Math.min(longestTurnMs, turnMs * 2 ** rounds);
  return [setTimer('turn', fromMs + lastsMs, { type: 'EndTurn', campaignId })];
}

/** Campaigns hear of another profile at once, where it makes a difference to them. */
export function moved(state: AgentState, agentId: string): Effects {
  const { phase, left, configured } = state;
  if (phase === 'offline') return [];
  const away = { type: 'ReportAgentAway', agentId, reason: 'works for other campaigns' } as const;
  return [
    ...left.map((campaignId) => tell(campaignProtocol, campaignId, away, `left:${campaignId}:${configured}`)),
    ...(phase === 'ready' ? tellReady(state, agentId, `configured:${configured}`) : []),
  ];
}

/** All campaigns but the one that knows. */
export function tellAway({ profile }: AgentState, agentId: string, reason: string, atMs: number, knows = ''): Effects {
  const others = profile?.campaigns.filter((campaignId) => campaignId !== knows) ?? [];
  const away = { type: 'ReportAgentAway', agentId, reason } as const;
  return others.map((campaignId) => tell(campaignProtocol, campaignId, away, `away:${campaignId}:${atMs}`));
}
