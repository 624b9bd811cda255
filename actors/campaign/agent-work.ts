/** What a campaign makes of its agents: who is ready, who takes which answer, what became of the talk. */
import { attemptOf, type NamedAttempt } from '#proto/call-name.ts';
import type {
  AgentFigures,
  CampaignCommand,
  CampaignEvent,
  CampaignReply,
  Lead,
  PacingReason,
} from '#proto/generated/campaign.ts';
import { accept, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { takenBy } from './agent-book.ts';
import { closedOf } from './closed-zones.ts';
import { deadlineOf, reasons } from './pacer.ts';
import { callbackOf, skippedOf } from './retry.ts';
import { anyWork, choose } from './routing.ts';
import { type CampaignState, contactOf, evolveBooks, fencesOf, freeAgents, openCalls, pacerOf } from './state.ts';

type Decided = Decision<CampaignEvent, CampaignReply>;

export type AgentWorkCommand = CampaignCommand & {
  type:
    | 'ReportAgentReady'
    | 'ReportAgentAway'
    | 'RequestAgent'
    | 'ReportRefusal'
    | 'ReportRinging'
    | 'ReportConnected'
    | 'ReportAbandoned'
    | 'ReportDisposition'
    | 'ReportPreview'
    | 'RequestLead'
    | 'RequestRelease';
};

export function decideAgentWork(state: CampaignState, command: AgentWorkCommand, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  const { routing, live } = state;
  switch (command.type) {
    case 'ReportAgentReady': {
      const { agentId, sinceMs, skills, languages } = command;
      const known = routing.ready[agentId];
      const now = { sinceMs, skills, languages };
      if (known && JSON.stringify(known) === JSON.stringify(now)) return accept();
      return accept({ type: 'AgentBecameReady', agentId, ...now, atMs });
    }
    case 'ReportAgentAway':
      if (!isHere(state, command.agentId)) return accept();
      return accept({ type: 'AgentWentAway', agentId: command.agentId, reason: command.reason, atMs });
    case 'RequestAgent': {
      const { type: _, ...asked } = command;
      const known = routing.waiting[command.callId] ?? routing.chosen[command.callId];
      if (!live[command.callId] || (known?.wait ?? 0) >= command.wait) return accept();
      return accept({ type: 'AgentRequested', ...asked, atMs });
    }
    case 'ReportRefusal': {
      const { callId, agentId, code } = command;
      return routing.chosen[callId]?.agentId === agentId
        ? accept({ type: 'AgentRefused', callId, agentId, code, atMs })
        : accept();
    }
    case 'ReportRinging':
      return live[command.callId] ? accept({ type: 'AttemptRang', callId: command.callId, atMs }) : accept();
    case 'ReportConnected': {
      const { callId, agentId, atMs: connectedAtMs } = command;
      const late = metNobodyBy(state, callId, connectedAtMs) ? { late: true } : {};
      return live[callId] ? accept({ type: 'CallConnected', callId, agentId, atMs, ...late }) : accept();
    }
    case 'ReportAbandoned': {
      const { callId } = command;
      const isNews = live[callId] && !state.book.abandoning.includes(callId);
      return isNews ? accept({ type: 'CallAbandoned', callId, atMs }) : accept();
    }
    case 'ReportDisposition': {
      const { type: _, ...said } = command;
      const lead = attemptOf(command.callId);
      if (!lead) return accept();
      const isMachine = state.settings?.agents?.machines?.dispositions.includes(said.disposition) ?? false;
      return accept<CampaignEvent>(
        { type: 'AttemptDisposed', ...said, row: lead.row, ...(isMachine ? { machine: true } : {}), atMs },
        ...promised(state, command, lead, atMs),
      );
    }
    case 'ReportPreview':
      return previewed(state, command, atMs);
    case 'RequestLead':
      return wanted(state, command.agentId, meta);
    case 'RequestRelease':
      return isNeeded(state, command, atMs) ? accept() : accept({ type: 'AgentLent', agentId: command.agentId, atMs });
  }
}

/** Whether somebody had answered, and no agent was there in time, by the clock of the call. */
export function metNobodyBy({ book, settings }: CampaignState, callId: string, atMs: number): boolean {
  const answeredAtMs = book.answeredAtMs[callId];
  return settings !== undefined && answeredAtMs !== undefined && atMs > answeredAtMs + deadlineOf(settings);
}

/** Whether anything is believed of an agent; who works for several campaigns is in one of them at a time. */
function isHere({ routing, book }: CampaignState, agentId: string): boolean {
  const isChosen = Object.values(routing.chosen).some((choice) => choice.agentId === agentId);
  return agentId in routing.ready || agentId in routing.busy || isChosen || book.wanting.includes(agentId);
}

/** From then on an agent whom a running campaign has found no call for is another one's, as soon as no line counts on it. */
const longestTurnMs = 60_000;
/** After so much more than a ring has taken at most, an attempt was not dialed, and waits for its trunk. */
const dialMs = 15_000;

/** Whether an agent of several campaigns has to stay: it is asked for, is dialed for, or a line may be answered for it. */
function isNeeded(
  state: CampaignState,
  { agentId, sinceMs }: CampaignCommand & { type: 'RequestRelease' },
  nowMs: number,
): boolean {
  const { routing, live, phase, exhausted, settings } = state;
  if (takenBy(state.book)(agentId) || Object.values(routing.chosen).some((each) => each.agentId === agentId))
    return true;
  if (!(agentId in routing.ready)) return false;
  if (phase === 'running' && !exhausted && nowMs - sinceMs < longestTurnMs) return true;
  const rungAtMs = nowMs - (settings?.plan.ringTimeoutMs ?? 0) - dialMs;
  const mayBeAnswered = openCalls(state).filter(
    (callId) => callId in routing.waiting || callId in routing.chosen || (live[callId]?.sinceMs ?? 0) > rungAtMs,
  );
  return mayBeAnswered.length >= freeAgents(state).length;
}

/** Answers find their agents: as many choices as can be made now, each on top of the one before. */
export function routed(state: CampaignState, atMs: number): readonly CampaignEvent[] {
  const work = state.settings?.agents ?? anyWork;
  const events: CampaignEvent[] = [];
  for (let now = state; ; now = evolveBooks(now, events.at(-1) as CampaignEvent)) {
    const choice = choose(now.routing, work, contactOf(now), takenBy(now.book));
    if (!choice) return events;
    events.push({ type: 'AgentChosen', ...choice, atMs });
  }
}

/**
 * Contacts that nobody looks at yet are shown to whoever is ready, or has asked for one; a callback to who promised it,
 * where they are.
 */
export function offered(state: CampaignState, atMs: number): readonly CampaignEvent[] {
  const { book, live, settings } = state;
  const unseen = Object.keys(book.offers).filter((callId) => book.offers[callId]?.agentId === '');
  if (unseen.length === 0) return [];
  const idle = freeAgents(state);
  const free = settings?.agents?.mode === 'manual' ? book.wanting.filter((each) => idle.includes(each)) : [...idle];
  const events: CampaignEvent[] = [];
  for (const callId of unseen) {
    const owner = free.indexOf(live[callId]?.lead.agentId ?? '');
    const [agentId] = free.splice(Math.max(0, owner), 1);
    if (agentId === undefined) break;
    events.push({ type: 'PreviewOffered', callId, agentId, atMs });
  }
  return events;
}

function previewed(
  state: CampaignState,
  { callId, agentId, accepted, unseen }: CampaignCommand & { type: 'ReportPreview' },
  atMs: number,
): Decided {
  if (!state.live[callId] || state.book.offers[callId]?.agentId !== agentId) return accept();
  if (unseen) {
    return accept<CampaignEvent>(
      { type: 'PreviewOffered', callId, agentId: '', atMs },
      { type: 'AgentWentAway', agentId, reason: 'busy', atMs },
    );
  }
  if (!accepted) {
    const followUp = skippedOf(state.live[callId].lead, atMs);
    const later: readonly CampaignEvent[] = followUp ? [{ type: 'LeadScheduled', followUp, atMs }] : [];
    return accept(...notDialed(state, callId, 'PREVIEW_SKIPPED', atMs), ...later);
  }
  // While the campaign is paused the call waits, as all do that were not dialed yet, and the agent is kept for it.
  return accept({ type: 'PreviewAnswered', callId, agentId, accepted, atMs });
}

/** A contact that was shown, or was to be, is not dialed. */
function notDialed(state: CampaignState, callId: string, refusal: string, atMs: number): readonly CampaignEvent[] {
  const { agentId = '' } = state.book.offers[callId] ?? {};
  const { row = 0, attempt = 1 } = state.live[callId]?.lead ?? {};
  return [
    { type: 'PreviewAnswered', callId, agentId, accepted: false, atMs },
    { type: 'AttemptEnded', callId, row, attempt, outcome: 'canceled', refusal, atMs },
  ];
}

/** Nobody looks at contacts of a campaign that was stopped. */
export function withdrawn(state: CampaignState, atMs: number): readonly CampaignEvent[] {
  return Object.keys(state.book.offers).flatMap((callId) => notDialed(state, callId, 'CAMPAIGN_STOPPED', atMs));
}

/** Whether an agent is there before the contact is dialed: always, or because nobody was the last time. */
export function isPreviewed({ settings }: CampaignState, lead: Lead): boolean {
  const mode = settings?.agents?.mode;
  if (mode === undefined) return false;
  return mode === 'preview' || mode === 'manual' || lead.humanOnly === true || lead.agentId !== undefined;
}

/** Agents who could be shown a contact now; undefined where there are none in this campaign. */
export function lookers(state: CampaignState): readonly string[] | undefined {
  return state.settings?.agents ? freeAgents(state) : undefined;
}

function wanted(state: CampaignState, agentId: string, meta: CommandMeta): Decided {
  if (state.phase !== 'running' || state.settings?.agents?.mode !== 'manual') {
    return reject('CAMPAIGN_NOT_MANUAL', `Campaign ${meta.actorId} gives no leads by a click now: wait for its calls.`);
  }
  return state.book.wanting.includes(agentId) ? accept() : accept({ type: 'LeadWanted', agentId, atMs: meta.nowMs });
}

/** What a decision of now would go by, as people see it; nothing where there are no agents. */
export function reasonsNow(state: CampaignState, nowMs: number): readonly PacingReason[] {
  const given = reasons(pacerOf(state), fencesOf(state), nowMs);
  const closed = given.length > 0 ? closedOf(state.places, state.settings, nowMs) : [];
  return closed.length > 0 ? [...given, { name: 'closed', word: closed.join(' ') }] : given;
}

/** How the agents are doing; nothing where there are none. */
export function figuresOf(state: CampaignState, nowMs: number): { readonly agents: AgentFigures } | undefined {
  const { routing, book, settings } = state;
  if (!settings?.agents) return undefined;
  const busy = Object.values(routing.busy);
  return {
    agents: {
      ready: freeAgents(state).length,
      talking: busy.filter(({ isOver }) => !isOver).length,
      wrapping: busy.filter(({ isOver }) => isOver).length,
      waiting: Object.keys(routing.waiting).length + Object.keys(routing.chosen).length,
      ...{ answered: book.answered, abandoned: book.abandoned, talkMs: book.talkMs },
      reasons: reasonsNow(state, nowMs),
    },
  };
}

/** The agent has promised a call: the list hears of it, and a campaign that is over goes on for it. */
function promised(
  state: CampaignState,
  { callbackAtMs: dueAtMs, callbackAgentId: agentId }: CampaignCommand & { type: 'ReportDisposition' },
  { row, attempt }: NamedAttempt,
  atMs: number,
): readonly CampaignEvent[] {
  if (dueAtMs === undefined || state.stopped) return [];
  const followUp = callbackOf({ row, attempt, dueAtMs, ...(agentId ? { agentId } : {}) }, atMs);
  const again: CampaignEvent[] = state.phase === 'ended' ? [{ type: 'CampaignStarted', atMs }] : [];
  return [...again, { type: 'LeadScheduled', followUp, atMs }];
}
