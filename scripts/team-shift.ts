/** The team of a file at work for a campaign of the command line. */
import { setTimeout as pause } from 'node:timers/promises';
import { pathsOf, type Team } from '#config/team.ts';
import { FatalError } from '#ports/errors.ts';
import { systemClock } from '#ports/system-clock.ts';
import { type AgentCommand, agentProtocol } from '#proto/generated/agent.ts';
import type { CallPlan } from '#proto/generated/call.ts';
import { type AgentWork, campaignProtocol } from '#proto/generated/campaign.ts';
import type { Runtime } from '#runtime/runtime.ts';

const sender = 'command line';

/** How a campaign brings answers and these agents together. */
export function agentWorkOf(team: Team): AgentWork {
  const { mode, powerRatio, maxAbandonRate, language = '', sticky, preview, wrapUp } = team;
  const { dispositions, required, longest = 0, default: defaultDisposition = '', machines } = wrapUp;
  return {
    ...{ mode, powerRatio, maxAbandonRate, skills: skillsOf(team.skills), language, sticky },
    ...{ previewMs: preview.longest ?? 0, previewDials: preview.dials },
    wrapUp: {
      ...{ dispositions: dispositions ? pathsOf(dispositions) : [], required, longestMs: longest, defaultDisposition },
    },
    ...(machines.length > 0 ? { machines: { dispositions: machines } } : {}),
  };
}

/** What of a call's plan is about agents. */
export function agentPlanOf(team: Team): Partial<CallPlan> {
  const { connectWithin, safeHarbour, optOutDigit, holdMusic, longestWait } = team;
  const targets = Object.entries(team.transfers).map(([name, uri]) => ({ name, uri }));
  return {
    ...{ needsAgent: true, connectDeadlineMs: connectWithin, safeHarbour },
    ...(optOutDigit === undefined ? {} : { optOutDigit }),
    ...(holdMusic === undefined ? {} : { holdMusic }),
    ...(longestWait === undefined ? {} : { longestWaitMs: longestWait }),
    ...(targets.length > 0 ? { transfers: { targets } } : {}),
  };
}

/** Those who were signed in, until `end` signs them out. */
export interface TeamShift {
  /** Tells of each phone that was called whether it was answered, until all are told of or the signal comes. */
  tellPhones(say: (line: string) => void, ended: AbortSignal): Promise<void>;
  end(): Promise<void>;
}

const lookEveryMs = 500;

/**
 * Tells the agents who they are and signs in whoever is offline: their phones ring. They work for this campaign and, where
 * others are dialed too (`isAlone` false), for those that run and had them before: one that is over would have its turn of
 * them in vain. Who does not answer stays offline, and `agent signin NAME` in a console tries again.
 * @throws AGENT_SETTINGS where a phone is none.
 */
export async function beginTeamShift(
  runtime: Pick<Runtime, 'ask'>,
  { agents, wrapUp }: Team,
  { campaignId, isAlone }: { readonly campaignId: string; readonly isAlone: boolean },
): Promise<TeamShift> {
  const tell = async (agentId: string, command: AgentCommand) => {
    const answer = await runtime.ask(agentProtocol, agentId, command, { sender });
    if (!answer.ok) throw Object.assign(new Error(answer.rejection.message), { code: answer.rejection.code });
    return answer.reply;
  };
  const begun: string[] = [];
  for (const [agentId, { phone: phoneUri, skills, languages }] of Object.entries(agents)) {
    const known = await tell(agentId, { type: 'DescribeAgent' });
    if (!known) throw new FatalError('ACTOR_CRASHED', `Agent ${agentId} does not describe itself: see the log.`);
    const others = isAlone ? [] : (known.profile?.campaigns ?? []).filter((other) => other !== campaignId);
    const campaigns = [...(await runningOf(runtime, others)), campaignId];
    const profile = { phoneUri, skills: skillsOf(skills), languages, campaigns };
    await tell(agentId, { type: 'ConfigureAgent', profile });
    if (known.phase !== 'offline') continue;
    begun.push(agentId);
    await tell(agentId, { type: 'SignIn', by: sender });
  }
  return {
    async tellPhones(say, ended) {
      const ringing = new Set(begun);
      while (ringing.size > 0 && !ended.aborted) {
        for (const agentId of ringing) {
          const is = await tell(agentId, { type: 'DescribeAgent' });
          if (!is || is.phase === 'signing-in') continue;
          ringing.delete(agentId);
          const fault = is.reason || 'it was not answered';
          say(
            is.phase === 'offline'
              ? `The phone of agent ${agentId} is not on the line (${fault}): agent signin ${agentId} in a console calls it again.`
              : `Agent ${agentId} is on the line.`,
          );
        }
        await pause(lookEveryMs, undefined, { signal: ended }).catch(() => undefined);
      }
    },
    async end() {
      // Whoever wraps up may do so for as long as the team's file has it.
      const untilMs = systemClock.now() + (wrapUp.longest ?? 0);
      for (const agentId of begun) {
        while (systemClock.now() < untilMs && (await tell(agentId, { type: 'DescribeAgent' }))?.phase === 'wrapping') {
          await pause(lookEveryMs);
        }
        await tell(agentId, { type: 'SignOut', by: sender });
      }
    },
  };
}

async function runningOf(runtime: Pick<Runtime, 'ask'>, campaignIds: readonly string[]): Promise<readonly string[]> {
  const running: string[] = [];
  for (const campaignId of campaignIds) {
    const answer = await runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
    if (answer.ok && answer.reply?.phase === 'running') running.push(campaignId);
  }
  return running;
}

function skillsOf(levels: Readonly<Record<string, number>>): { readonly name: string; readonly level: number }[] {
  return Object.entries(levels).map(([name, level]) => ({ name, level }));
}
