/** From a campaign's events and those of its calls to a recording that the simulator can go by. Pure. */
import { FatalError } from '#ports/errors.ts';
import type { AgentPlan } from '#simulation/day.ts';
import type { RecordedAttempt, Recording } from '#simulation/recording.ts';

/** An event as the journal gives it, by its name; what is looked at in it, and no more. */
export interface Happened {
  readonly type: string;
  readonly atMs?: number;
  readonly callId?: string;
  readonly agentId?: string;
  readonly by?: string;
  readonly outcome?: string;
  readonly ringMs?: number;
  readonly talkMs?: number;
  readonly settings?: {
    readonly maxCalls: number;
    readonly callsPerSecond: number;
    readonly plan?: { readonly ringTimeoutMs?: number; readonly connectDeadlineMs?: number } | undefined;
  };
}

export interface RecordedCampaign {
  readonly campaignId: string;
  /** In order. */
  readonly events: readonly Happened[];
  /** Those of each call, in order. */
  readonly calls: readonly (readonly Happened[])[];
}

export interface RecordingOptions {
  /** A day by UTC, such as 2026-11-22; absent: the last one with an attempt. */
  readonly date?: string;
  /** So many agents for the whole time, whoever was there. */
  readonly agents?: number;
}

const dayMs = 86_400_000;
const tickMs = 200;
/** Outcomes that say nothing of who was called. */
const noOutcomes = ['canceled', 'unknown', 'unspecified', 'refused'];

/**
 * The recording of one day of the campaign.
 * @throws CONFIG_INVALID where that day has no attempt, or no agent was there and none is given.
 */
export function recordingOf(campaign: RecordedCampaign, { date, agents }: RecordingOptions = {}): Recording {
  const { campaignId } = campaign;
  const dialed = campaign.calls
    .flatMap((events) => attemptOf(events) ?? [])
    .sort((one, other) => one.attempt.atMs - other.attempt.atMs);
  const wanted = date === undefined ? dayOf(dialed.at(-1)?.attempt.atMs ?? 0) : date;
  const ofDay = dialed.filter(({ attempt }) => dayOf(attempt.atMs) === wanted);
  const [first, last] = [ofDay[0]?.attempt, ofDay.at(-1)?.attempt];
  if (!first || !last) {
    const when = date === undefined ? '' : ` on ${date}`;
    throw new FatalError(
      'CONFIG_INVALID',
      `Campaign ${campaignId} has no attempt${when} that came to an outcome: name another day or campaign.`,
    );
  }
  const fromMs = first.atMs;
  const toMs = last.atMs + 1;
  const { plans, wraps } = floorOf(campaign.events, fromMs, toMs);
  const team =
    agents === undefined
      ? plans
      : Array.from({ length: agents }, (_, n) => ({ id: `a${n}`, pace: 1, stints: [{ fromMs, toMs }] }));
  if (team.length === 0) {
    throw new FatalError(
      'CONFIG_INVALID',
      `Campaign ${campaignId} had no agents on ${wanted}: say with --agents how many there are to be.`,
    );
  }
  return {
    name: `${campaignId} on ${wanted}`,
    config: configOf(campaign.events),
    fromMs,
    toMs,
    attempts: ofDay.map(({ attempt, metAgent }) =>
      plans.length > 0 && !metAgent ? { ...attempt, talkMs: -1 } : attempt,
    ),
    wraps,
    agents: team,
  };
}

function dayOf(atMs: number): string {
  return new Date(Math.floor(atMs / dayMs) * dayMs).toISOString().slice(0, 10);
}

/** What became of one call; undefined where it was never dialed or nobody knows. */
function attemptOf(
  events: readonly Happened[],
): { readonly attempt: RecordedAttempt; readonly metAgent: boolean } | undefined {
  const at = (type: string) => events.find((event) => event.type === type)?.atMs;
  const [dialedAtMs, rangAtMs, answeredAtMs] = [at('CallDialed'), at('CallRang'), at('CallAnswered')];
  const ended = events.find(({ type }) => type === 'CallEnded');
  if (dialedAtMs === undefined || !ended?.outcome) return undefined;
  const setupMs = rangAtMs === undefined ? -1 : rangAtMs - dialedAtMs;
  if (answeredAtMs === undefined) {
    if (noOutcomes.includes(ended.outcome)) return undefined;
    const failed = { atMs: dialedAtMs, setupMs, endMs: ended.ringMs ?? 0, cause: ended.outcome };
    return { attempt: { ...failed, talkMs: -1, leftAfterMs: -1 }, metAgent: false };
  }
  const hungUp = events.find(({ type }) => type === 'CallHungUp');
  const connectedAtMs = at('AgentConnected');
  const endedAtMs = hungUp?.atMs ?? answeredAtMs + (ended.talkMs ?? 0);
  const metAgent = connectedAtMs !== undefined;
  const left = !metAgent && at('CallAbandoned') === undefined && hungUp?.by === 'callee';
  return {
    attempt: {
      atMs: dialedAtMs,
      setupMs,
      endMs: answeredAtMs - dialedAtMs,
      cause: '',
      talkMs: endedAtMs - (connectedAtMs ?? answeredAtMs),
      leftAfterMs: left ? endedAtMs - answeredAtMs : -1,
    },
    metAgent,
  };
}

/** Who was there, and how long they wrapped up. */
function floorOf(events: readonly Happened[], fromMs: number, toMs: number) {
  const since = new Map<string, number>();
  const stints = new Map<string, { fromMs: number; toMs: number }[]>();
  const inCall = new Map<string, string>();
  const wrappingSince = new Map<string, number>();
  const wraps: { atMs: number; wrapMs: number }[] = [];
  const close = (agentId: string, atMs: number) => {
    const begunMs = Math.max(since.get(agentId) ?? atMs, fromMs);
    since.delete(agentId);
    const endsMs = Math.min(atMs, toMs);
    if (endsMs > begunMs) stints.set(agentId, [...(stints.get(agentId) ?? []), { fromMs: begunMs, toMs: endsMs }]);
  };
  for (const { type, agentId, callId, atMs } of events) {
    if (atMs === undefined) continue;
    if (type === 'CallConnected' && callId && agentId) {
      inCall.set(callId, agentId);
      if (!since.has(agentId)) since.set(agentId, atMs);
    }
    if (type === 'AttemptEnded' && callId) {
      const talker = inCall.get(callId);
      inCall.delete(callId);
      if (talker !== undefined) wrappingSince.set(talker, atMs);
    }
    if ((type === 'AgentBecameReady' || type === 'AgentWentAway') && agentId) {
      const wrappedSinceMs = wrappingSince.get(agentId);
      wrappingSince.delete(agentId);
      if (wrappedSinceMs !== undefined && type === 'AgentBecameReady' && atMs >= fromMs && atMs <= toMs) {
        wraps.push({ atMs, wrapMs: Math.max(0, atMs - wrappedSinceMs) });
      }
      if (type === 'AgentWentAway') close(agentId, atMs);
      else if (!since.has(agentId)) since.set(agentId, atMs);
    }
  }
  for (const agentId of [...since.keys()]) close(agentId, toMs);
  const plans: AgentPlan[] = [...stints].map(([id, of]) => ({ id, pace: 1, stints: of }));
  return { plans, wraps };
}

/** As the campaign was set last. */
function configOf(events: readonly Happened[]) {
  const settings = events.findLast(({ type }) => type === 'CampaignConfigured')?.settings;
  return {
    maxAbandonRate: 0.03,
    connectDeadlineMs: settings?.plan?.connectDeadlineMs ?? 2000,
    ringTimeoutMs: settings?.plan?.ringTimeoutMs ?? 30_000,
    maxLines: settings?.maxCalls ?? 1,
    tickMs,
    ...(settings ? { callsPerSecond: settings.callsPerSecond } : {}),
  };
}
