/** What a campaign decides: when to read its list, how many leads to claim, when it is over. */
import { faultsOf } from '#law/settings.ts';
import { callIdOf } from '#proto/call-name.ts';
import type {
  CampaignCommand,
  CampaignEvent,
  CampaignReply,
  CampaignSettings,
  ReportList,
  ScheduleCallback,
} from '#proto/generated/campaign.ts';
import { isPhoneUri } from '#proto/phone-uri.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import {
  decideAgentWork,
  figuresOf,
  isPreviewed,
  metNobodyBy,
  offered,
  reasonsNow,
  routed,
  withdrawn,
} from './agent-work.ts';
import { closedOf, opensAtMs } from './closed-zones.ts';
import { paced } from './pacer.ts';
import { callbackOf, faultOf, followUpOf } from './retry.ts';
import { type CampaignState, crashLimit, evolveBooks, fencesOf, liveCount, pacerOf, recentCrashes } from './state.ts';
import { isWaiting, nextDueAtMs } from './waiting.ts';

type Decided = Decision<CampaignEvent, CampaignReply>;

/** Whatever it was, it may bring an answer and an agent together; and what leaves nothing to do ends the campaign. */
export function decide(state: CampaignState, command: CampaignCommand, meta: CommandMeta): Decided {
  const decided = obey(state, command, meta);
  if ('rejection' in decided || decided.events.length === 0) return decided;
  const next = decided.events.reduce(evolveBooks, state);
  const follows = [...routed(next, meta.nowMs), ...offered(next, meta.nowMs)];
  if (isOver(next)) follows.push({ type: 'CampaignEnded', atMs: meta.nowMs });
  return follows.length > 0 ? { ...decided, events: [...decided.events, ...follows] } : decided;
}

function isOver(state: CampaignState): boolean {
  const idle = liveCount(state) === 0 && state.claim === undefined && state.loading === undefined;
  const used = state.phase === 'running' && state.exhausted && nextDueAtMs(state) === undefined;
  return idle && (state.phase === 'stopping' || used);
}

function obey(state: CampaignState, command: CampaignCommand, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'DescribeCampaign':
      return answer(described(state, atMs));
    case 'ConfigureCampaign':
      return configure(state, command.settings, meta);
    case 'LoadList':
      if (state.stopped) return stopped(meta);
      return state.loading === undefined ? accept({ type: 'ListRequested', path: command.path }) : accept();
    case 'ReportList':
      return state.loading === command.path ? loaded(state, newTo(state, command), atMs) : accept();
    case 'Pace':
      return pace(state, meta);
    case 'AssignLeads':
      return assign(state, command, meta);
    case 'ReportAttempt':
      return report(state, command, atMs);
    case 'WakeForLeads':
      return isWaiting(state) ? accept({ type: 'LeadsDue', atMs }) : accept();
    case 'ScheduleCallback':
      return callBack(state, command, meta);
    case 'ReportCrash':
      return crashed(state, command, atMs);
    case 'CheckAttempts': {
      const silentSinceMs = atMs - (state.settings?.leaseMs ?? 0);
      const callIds = Object.keys(state.live).filter((id) => (state.live[id]?.sinceMs ?? 0) <= silentSinceMs);
      return callIds.length > 0 ? accept({ type: 'AttemptsOverdue', callIds, atMs }) : accept();
    }
    case 'StartCampaign':
    case 'PauseCampaign':
    case 'ResumeCampaign':
    case 'StopCampaign':
      return steer(state, command, meta);
    default:
      return decideAgentWork(state, command, meta);
  }
}

/** What an operator wants of it. Asking for what is so already changes nothing. */
function steer(
  state: CampaignState,
  command: CampaignCommand & { type: 'StartCampaign' | 'PauseCampaign' | 'ResumeCampaign' | 'StopCampaign' },
  meta: CommandMeta,
): Decided {
  if (state.phase === 'draft') {
    return reject('CAMPAIGN_NOT_READY', `Campaign ${meta.actorId} has no list yet: load one first.`);
  }
  if (state.stopped && command.type !== 'StopCampaign') return stopped(meta);
  if (state.phase === 'ended' && command.type !== 'StartCampaign' && !state.stopped) {
    return reject('CAMPAIGN_ENDED', `Campaign ${meta.actorId} is over: it goes on when its list has grown.`);
  }
  switch (command.type) {
    case 'StartCampaign':
      if (!state.settings?.law) return lawless(meta);
      return state.phase === 'ready' ? accept({ type: 'CampaignStarted', atMs: meta.nowMs }) : accept();
    case 'PauseCampaign':
      if (state.phase !== 'running' && state.phase !== 'ready') return accept();
      return accept({ type: 'CampaignPaused', by: command.by, reason: command.reason });
    case 'ResumeCampaign':
      if (!state.settings?.law) return lawless(meta);
      return state.phase === 'paused' ? accept({ type: 'CampaignResumed', by: command.by }) : accept();
    case 'StopCampaign':
      if (state.stopped) return accept();
      return accept<CampaignEvent>({ type: 'CampaignStopped', by: command.by }, ...withdrawn(state, meta.nowMs));
  }
}

function configure(state: CampaignState, settings: CampaignSettings, meta: CommandMeta): Decided {
  if (settings.maxCalls < 1 || !(settings.callsPerSecond > 0) || !settings.trunkId) {
    return reject(
      'CAMPAIGN_SETTINGS',
      `Campaign ${meta.actorId} needs a trunk, at least one call at once and a rate above 0: change its settings.`,
    );
  }
  const target = settings.plan?.transfers?.targets.find(({ uri }) => !isPhoneUri(uri));
  if (target) {
    return reject(
      'CAMPAIGN_SETTINGS',
      `Campaign ${meta.actorId} can hand a call to an address such as sip:NAME@HOST, and to no telephone number: change its target ${target.name}.`,
    );
  }
  const faults = settings.law ? faultsOf(settings.law, settings) : [];
  if (faults.length > 0) {
    return reject(
      'LAW_SETTINGS',
      `Campaign ${meta.actorId} would break its law profile: ${faults.join('; ')}; change its settings.`,
    );
  }
  const fault = settings.leads && faultOf(settings.leads);
  if (fault !== undefined) {
    return reject('CAMPAIGN_SETTINGS', `Campaign ${meta.actorId} may have ${fault}: change its settings.`);
  }
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  if (same(settings, state.settings)) return accept();
  const configured: CampaignEvent = { type: 'CampaignConfigured', settings };
  // There may be leads that were not wanted before.
  return state.exhausted && !same(settings.leads?.where, state.settings?.leads?.where)
    ? accept<CampaignEvent>(configured, { type: 'LeadsDue', atMs: meta.nowMs })
    : accept(configured);
}

function loaded(state: CampaignState, report: ReportList, atMs: number): Decided {
  const event = listEvent(report);
  if (event.type === 'ListFailed') return accept(event);
  const { added, changed = 0 } = event;
  const wakes = (isWaiting(state) && added > 0) || (state.exhausted && changed > 0);
  return wakes ? accept<CampaignEvent>(event, { type: 'LeadsDue', atMs }) : accept(event);
}

/** What was imported beside the campaign is new to it all the same. */
function newTo(state: CampaignState, report: ReportList): ReportList {
  if (report.leads === undefined || report.failure) return report;
  const added = Math.max(0, report.leads - state.leads);
  return { ...report, added, known: Math.max(0, report.rows - report.refused - added) };
}

function listEvent(report: ReportList): CampaignEvent & { type: 'ListLoaded' | 'ListFailed' } {
  const { path, rows, added, known, refused, failure, changed } = report;
  if (failure) return { type: 'ListFailed', path, failure };
  return { type: 'ListLoaded', path, rows, added, known, refused, ...(changed ? { changed } : {}) };
}

function pace(state: CampaignState, meta: CommandMeta): Decided {
  if (state.phase !== 'running') return accept();
  if (!state.settings?.law) return accept({ type: 'CampaignPaused', by: 'law', reason: 'it has no law profile' });
  if (state.claim || state.exhausted) return accept();
  const count = Math.min(wantedNow(state, meta.nowMs), most(state));
  if (count === 0) return accept();
  const claimId = `${meta.actorId}.${state.claims + 1}`;
  const given = reasonsNow(state, meta.nowMs);
  const why = given.length > 0 ? { reasons: { given } } : {};
  const timezones = closedOf(state.places, state.settings, meta.nowMs);
  const closed = timezones.length > 0 ? { closed: { timezones: [...timezones] } } : {};
  return accept({ type: 'LeadsRequested', claimId, count, atMs: meta.nowMs, ...why, ...closed });
}

/** Where agents ask for each call, or see each contact first, they are the pacers: one for each of them. */
function wantedNow(state: CampaignState, nowMs: number): number {
  const fences = fencesOf(state);
  const mode = state.settings?.agents?.mode;
  const unseen = Object.values(state.book.offers).filter(({ agentId }) => agentId === '').length;
  const free = fences.maxLines - fences.lines;
  if (mode === 'manual') return Math.max(0, Math.min(state.book.wanting.length - unseen, free));
  const wanted = paced(pacerOf(state), fences, nowMs);
  return mode === 'preview' ? Math.max(0, Math.min(wanted, fences.ready - unseen)) : wanted;
}

/** A trial is one attempt, or what is live already. */
function most(state: CampaignState): number {
  if (!state.settings?.trial) return Number.POSITIVE_INFINITY;
  return state.tried || liveCount(state) > 0 ? 0 : 1;
}

function assign(state: CampaignState, command: CampaignCommand & { type: 'AssignLeads' }, meta: CommandMeta): Decided {
  // A campaign that was paused meanwhile asks for the same leads again when it is resumed.
  if (state.phase !== 'running' || state.claim?.claimId !== command.claimId) return accept();
  const atMs = meta.nowMs;
  const { claimId, leads, nextAtMs } = command;
  const { count, closed } = state.claim;
  const attempts = leads.map((lead) => ({ callId: callIdOf({ campaignId: meta.actorId, ...lead }), lead }));
  const shown = attempts.filter(({ lead }) => isPreviewed(state, lead));
  const opensMs = leads.length < count ? opensAtMs(closed, state.settings, atMs) : undefined;
  const soonest = [nextAtMs, opensMs].filter((time) => time !== undefined);
  const next = soonest.length > 0 ? { nextAtMs: Math.min(...soonest) } : {};
  return accept<CampaignEvent>(
    ...shown.map(({ callId }) => ({ type: 'PreviewOffered', callId, agentId: '', atMs }) as const),
    { type: 'AttemptsStarted', claimId, attempts, atMs, ...next },
  );
}

/** A call that gives up at the deadline says so within this time; who has hung up meanwhile was abandoned. */
const timerMs = 250;

function report(state: CampaignState, command: CampaignCommand & { type: 'ReportAttempt' }, atMs: number): Decided {
  const attempt = state.live[command.callId];
  if (!attempt) return accept();
  const { callId, outcome, refusal, retryAtMs, ruleId, atMs: endedAtMs = 0 } = command;
  const { lead } = attempt;
  const why = { ...(refusal === undefined ? {} : { refusal }), ...(ruleId === undefined ? {} : { ruleId }) };
  // A lost node is no excuse: somebody had answered, and heard nothing.
  const isLost = outcome === 'unknown' && callId in state.book.answeredAtMs;
  const abandoned = isLost || metNobodyBy(state, callId, endedAtMs - timerMs) ? { abandoned: true } : {};
  const { row, attempt: number } = lead;
  const ended = { type: 'AttemptEnded', callId, row, attempt: number, outcome, atMs, ...why, ...abandoned } as const;
  const followUp = state.stopped ? undefined : followUpOf(state.settings?.leads, { lead, outcome, atMs, retryAtMs });
  return followUp ? accept<CampaignEvent>(ended, { type: 'LeadScheduled', followUp, atMs }) : accept(ended);
}

/** A campaign that is over goes on for it. */
function callBack(state: CampaignState, promise: ScheduleCallback, meta: CommandMeta): Decided {
  if (state.stopped) return stopped(meta);
  const atMs = meta.nowMs;
  const scheduled: CampaignEvent = { type: 'LeadScheduled', followUp: callbackOf(promise, atMs), atMs };
  return state.phase === 'ended'
    ? accept<CampaignEvent>({ type: 'CampaignStarted', atMs }, scheduled)
    : accept<CampaignEvent>(scheduled);
}

/** What crashes with one lead crashes with the next too, most likely: a person has to look before more are used up. */
function crashed(
  state: CampaignState,
  { callId, code }: CampaignCommand & { type: 'ReportCrash' },
  atMs: number,
): Decided {
  if (state.phase !== 'running') return accept();
  const event: CampaignEvent = { type: 'CallCrashed', callId, code, atMs };
  if (recentCrashes(state, atMs).length + 1 < crashLimit) return accept(event);
  const reason = `${crashLimit} calls crashed within a minute (${code}): see the dead letters, then resume`;
  return accept<CampaignEvent>(event, { type: 'CampaignPaused', by: 'supervisor', reason });
}

/** One that an older version has started may go on once it has rules. */
function lawless(meta: CommandMeta): Decided {
  return reject(
    'LAW_PROFILE_MISSING',
    `Campaign ${meta.actorId} has no law profile: configure it with one before it dials anybody.`,
  );
}

function stopped(meta: CommandMeta): Decided {
  return reject('CAMPAIGN_STOPPED', `Campaign ${meta.actorId} was stopped for good: make a new one for its list.`);
}

function described(state: CampaignState, nowMs: number): CampaignReply {
  const nextDueAt = state.exhausted ? nextDueAtMs(state) : undefined;
  return {
    type: 'CampaignDescribed',
    phase: state.phase,
    leads: state.leads,
    refused: state.refused,
    liveCalls: liveCount(state),
    attempts: state.attempts,
    outcomes: Object.entries(state.outcomes).map(([outcome, count]) => ({
      outcome: outcome as keyof CampaignState['outcomes'],
      count: count ?? 0,
    })),
    reason: state.reason,
    loading: state.loading !== undefined,
    ...(state.settings ? { settings: state.settings } : {}),
    ...figuresOf(state, nowMs),
    ...(nextDueAt === undefined ? {} : { nextDueAtMs: nextDueAt }),
  };
}
