/** A campaign that dials a list of one's own: what `run` and `dial` have in common. */
import { resolve } from 'node:path';
import { readList } from '#adapters/csv/list-reader.ts';
import { readPrompt } from '#adapters/rtp/prompts.ts';
import { loadTeam, type Team } from '#config/team.ts';
import { FatalError } from '#ports/errors.ts';
import type { CampaignSettings } from '#proto/generated/campaign.ts';
import type { Law } from '#proto/generated/law.ts';
import { checkCampaignId } from './campaign-name.ts';
import { type LeadPolicyOptions, leadPolicyOf } from './lead-policy.ts';
import { leaseOf } from './lease.ts';
import { agentPlanOf, agentWorkOf } from './team-shift.ts';

export interface OwnListOptions extends LeadPolicyOptions {
  /** What answers hear: a WAV, or else the agents of a team. */
  readonly prompt?: string;
  /** A file of agents (config/team.ts). */
  readonly team?: string;
  readonly gather?: number;
  readonly maxCalls?: number;
  readonly rate?: number;
  /** Seconds. */
  readonly ringTimeout?: number;
  readonly campaign?: string;
  /** Name of a law profile. */
  readonly law?: string;
}

/** A list that can be dialed. */
export interface OwnList {
  readonly options: OwnListOptions;
  /** Who talks; absent: nobody, a prompt is played. */
  readonly team?: Team;
}

const gatherTimeoutMs = 5000;
/** A prompt with its digits has come to its end by then; what people have to say may take an hour. */
const maxTalkMs = { prompt: 10 * 60_000, team: 60 * 60_000 };
/** Three reports of RTCP that do not come (RFC 3550, 6.2: every 5 s). */
const silenceTimeoutMs = 20_000;
const usual = { maxCalls: 20, callsPerSecond: 5, ringTimeout: 30 };
const linesForAgent = 3;
const callsForAgentAndSecond = 0.5;

/**
 * What is no list, no prompt or no team leaves nothing behind, not even a campaign.
 * @throws LIST_UNREADABLE, PROMPT_UNREADABLE, TEAM_INVALID, CONFIG_INVALID
 */
export async function checkOwnList(list: string, options: OwnListOptions): Promise<OwnList> {
  const { prompt, team: file, gather } = options;
  if ((prompt === undefined) === (file === undefined)) {
    throw new FatalError(
      'CONFIG_INVALID',
      'Answers hear a prompt or talk to agents: name a WAV file with --prompt, or a file of agents with --team.',
    );
  }
  if (file !== undefined && gather) {
    throw new FatalError('CONFIG_INVALID', 'Digits are gathered after a prompt: leave out --gather, or --team.');
  }
  await readList(list).next();
  const team = file === undefined ? undefined : loadTeam(file);
  for (const wav of [prompt, team?.safeHarbour, team?.holdMusic]) if (wav !== undefined) await readPrompt(wav);
  leadPolicyOf(options);
  if (options.campaign !== undefined) checkCampaignId(options.campaign);
  return { options, ...(team ? { team } : {}) };
}

/** Lines and new calls a second: what the command line says, else three lines for each agent. */
export function pressureOf({ options, team }: OwnList): { readonly maxCalls: number; readonly callsPerSecond: number } {
  const agents = Object.keys(team?.agents ?? {}).length;
  return {
    maxCalls: options.maxCalls ?? (team ? agents * linesForAgent : usual.maxCalls),
    callsPerSecond: options.rate ?? (team ? Math.max(2, agents * callsForAgentAndSecond) : usual.callsPerSecond),
  };
}

/** How the list is dialed. */
export function settingsOf(trunkId: string, own: OwnList, law: Law): CampaignSettings {
  const { options, team } = own;
  const { prompt, gather = 0, ringTimeout = usual.ringTimeout } = options;
  const plan = {
    prompt: prompt === undefined ? '' : resolve(prompt),
    gatherDigits: gather,
    gatherTimeoutMs,
    ringTimeoutMs: Math.round(ringTimeout * 1000),
    maxTalkMs: team ? maxTalkMs.team : maxTalkMs.prompt,
    record: true,
    silenceTimeoutMs,
    ...(team ? agentPlanOf(team) : {}),
  };
  const leads = leadPolicyOf(options);
  return {
    ...{ trunkId, plan, ...pressureOf(own), leaseMs: leaseOf(plan), law },
    ...(leads ? { leads } : {}),
    ...(team ? { agents: agentWorkOf(team) } : {}),
  };
}
