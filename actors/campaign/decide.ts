/** What a campaign decides: when to read its list, how many leads to claim, when it is over. */
import { faultsOf } from '#law/settings.ts';
import type {
  CampaignCommand,
  CampaignEvent,
  CampaignReply,
  CampaignSettings,
  ReportList,
} from '#proto/generated/campaign.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { agentless } from './pacing/agentless.ts';
import { type CampaignState, callIdOf, crashLimit, evolve, liveCount, recentCrashes } from './state.ts';

type Decided = Decision<CampaignEvent, CampaignReply>;

/** Whatever it was that left nothing to do, the campaign ends with it. */
export function decide(state: CampaignState, command: CampaignCommand, meta: CommandMeta): Decided {
  const decided = obey(state, command, meta);
  if ('rejection' in decided || decided.events.length === 0) return decided;
  const next = decided.events.reduce(evolve, state);
  return isOver(next)
    ? { ...decided, events: [...decided.events, { type: 'CampaignEnded', atMs: meta.nowMs }] }
    : decided;
}

function isOver(state: CampaignState): boolean {
  const idle = liveCount(state) === 0 && state.claim === undefined && state.loading === undefined;
  return idle && (state.phase === 'stopping' || (state.phase === 'running' && state.exhausted));
}

function obey(state: CampaignState, command: CampaignCommand, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'DescribeCampaign':
      return answer(described(state));
    case 'ConfigureCampaign':
      return configure(state, command.settings, meta);
    case 'LoadList':
      if (state.stopped) return stopped(meta);
      return state.loading === undefined ? accept({ type: 'ListRequested', path: command.path }) : accept();
    case 'ReportList':
      return state.loading === command.path ? accept(listEvent(command)) : accept();
    case 'Pace':
      return pace(state, meta);
    case 'AssignLeads':
      return assign(state, command, meta);
    case 'ReportAttempt':
      return report(state, command, atMs);
    case 'ReportCrash':
      return crashed(state, command, atMs);
    case 'CheckAttempts': {
      const silentSinceMs = atMs - (state.settings?.leaseMs ?? 0);
      const callIds = Object.keys(state.live).filter((id) => (state.live[id]?.sinceMs ?? 0) <= silentSinceMs);
      return callIds.length > 0 ? accept({ type: 'AttemptsOverdue', callIds, atMs }) : accept();
    }
    default:
      return steer(state, command, meta);
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
      return state.stopped ? accept() : accept({ type: 'CampaignStopped', by: command.by });
  }
}

function configure(state: CampaignState, settings: CampaignSettings, meta: CommandMeta): Decided {
  if (settings.maxCalls < 1 || !(settings.callsPerSecond > 0) || !settings.trunkId) {
    return reject(
      'CAMPAIGN_SETTINGS',
      `Campaign ${meta.actorId} needs a trunk, at least one call at once and a rate above 0: change its settings.`,
    );
  }
  const faults = settings.law ? faultsOf(settings.law, settings) : [];
  if (faults.length > 0) {
    return reject(
      'LAW_SETTINGS',
      `Campaign ${meta.actorId} would break its law profile: ${faults.join('; ')}; change its settings.`,
    );
  }
  const same = JSON.stringify(settings) === JSON.stringify(state.settings);
  return same ? accept() : accept({ type: 'CampaignConfigured', settings });
}

function listEvent(report: ReportList): CampaignEvent {
  const { path, rows, added, known, refused, failure } = report;
  return failure ? { type: 'ListFailed', path, failure } : { type: 'ListLoaded', path, rows, added, known, refused };
}

function pace(state: CampaignState, meta: CommandMeta): Decided {
  if (state.phase !== 'running') return accept();
  if (!state.settings?.law) return accept({ type: 'CampaignPaused', by: 'law', reason: 'it has no law profile' });
  if (state.claim || state.exhausted) return accept();
  const count = Math.min(agentless.decide(state.pacing, meta.nowMs), most(state));
  if (count === 0) return accept();
  const claimId = `${meta.actorId}.${state.claims + 1}`;
  return accept({ type: 'LeadsRequested', claimId, count, atMs: meta.nowMs });
}

/** A trial is one attempt, or what is live already. */
function most(state: CampaignState): number {
  if (!state.settings?.trial) return Number.POSITIVE_INFINITY;
  return state.tried || liveCount(state) > 0 ? 0 : 1;
}

function assign(state: CampaignState, command: CampaignCommand & { type: 'AssignLeads' }, meta: CommandMeta): Decided {
  // A campaign that was paused meanwhile asks for the same leads again when it is resumed.
  if (state.phase !== 'running' || state.claim?.claimId !== command.claimId) return accept();
  const attempts = command.leads.map((lead) => ({ callId: callIdOf(meta.actorId, lead), lead }));
  return accept({ type: 'AttemptsStarted', claimId: command.claimId, attempts, atMs: meta.nowMs });
}

function report(state: CampaignState, command: CampaignCommand & { type: 'ReportAttempt' }, atMs: number): Decided {
  const attempt = state.live[command.callId];
  if (!attempt) return accept();
  const { callId, outcome, refusal, ruleId } = command;
  const { row, attempt: number } = attempt.lead;
  const why = { ...(refusal === undefined ? {} : { refusal }), ...(ruleId === undefined ? {} : { ruleId }) };
  return accept({ type: 'AttemptEnded', callId, row, attempt: number, outcome, atMs, ...why });
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

function described(state: CampaignState): CampaignReply {
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
  };
}
