/** Binds the campaign to the runtime, to the reader of lists and to the leads. */
import { zonesOfMask } from '#law/number-zones.ts';
import type { Clock } from '#ports/clock.ts';
import { codeOf, RetryableError } from '#ports/errors.ts';
import type { Claim, ClaimedLead, FollowUp, LeadOrder, Leads } from '#ports/leads.ts';
import type { ListReader } from '#ports/list-reader.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { type CallPlan, callProtocol, type Intent } from '#proto/generated/call.ts';
import type { AgentWrapUp, Attempt, CampaignCommand, Lead, FollowUp as Scheduled } from '#proto/generated/campaign.ts';
import type { Standing } from '#proto/generated/law.ts';
import { type Answered, type AnyActorDefinition, defineActor, type Executor } from '#runtime/actor.ts';
import { isPassing } from '#runtime/refusals.ts';
import { campaignChronicle } from './chronicle.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';

export interface CampaignPorts {
  readonly leads: Pick<Leads, 'claim' | 'settle' | 'schedule' | 'nextDue'>;
  readonly lists: ListReader;
  readonly clock: Clock;
}

export function campaignActor(ports: CampaignPorts): AnyActorDefinition {
  return defineActor({
    ...campaignChronicle,
    decide,
    react,
    resume,
    isWakeful,
    executors: executors(ports),
    supervision: { strategy: 'restart', intensity: 5, periodMs: 60_000, backoff: { minMs: 100, maxMs: 5000 } },
    snapshots: { everyCommits: 500, schema: 8 },
    passivateAfterMs: 60_000,
    mailboxLimit: 10_000,
  });
}

/** `agentId`: who has accepted the contact, and talks to nobody else until the call is over. */
type PlacedAttempt = Attempt & { readonly agentId?: string };

interface ClaimInput extends Pick<Claim, 'where' | 'human' | 'agents'> {
  readonly begun: readonly Lead[];
  readonly followUps: readonly Scheduled[];
  readonly claimId: string;
  readonly count: number;
  readonly leaseMs: number;
  readonly order?: LeadOrder;
}

/** Where somebody is, as the list says; else all places where the number may be. And which debt it is about. */
function standingOf({ timezone, mask, debt }: Lead): Standing {
  const zones = timezone ? [timezone] : [...zonesOfMask(mask)];
  return { zones, ...(debt === undefined ? {} : { debt }) };
}

function executors({ leads, lists, clock }: CampaignPorts): Readonly<Record<string, Executor<CampaignCommand>>> {
  return {
    'load-list': async ({ path }: { path: string }, { actorId }) => {
      try {
        return { type: 'ReportList', path, failure: '', ...(await lists.load(path, actorId)) };
      } catch (error) {
        // Anything else is not the file's fault: a full disk, a vault that is away.
        if (codeOf(error) !== 'LIST_UNREADABLE') throw error;
        const failure = (error as Error).message;
        return { type: 'ReportList', path, rows: 0, added: 0, known: 0, refused: 0, failure };
      }
    },
    claim: async (input: ClaimInput, { actorId }) => {
      const { begun, followUps, ...wanted } = input;
      await leads.settle(actorId, begun);
      await leads.schedule(actorId, followUps.map(toldOf));
      const claim = { campaignId: actorId, nowMs: clock.now(), ...wanted };
      const claimed = await leads.claim(claim);
      const nextAtMs = claimed.length < claim.count ? await leads.nextDue(claim) : undefined;
      const next = nextAtMs === undefined ? {} : { nextAtMs };
      return { type: 'AssignLeads', claimId: claim.claimId, leads: claimed satisfies readonly ClaimedLead[], ...next };
    },
    'place-calls': async (
      input: {
        attempts: readonly PlacedAttempt[];
        trunkId: string;
        plan: CallPlan;
        intent: Intent;
        /** Of the rules; absent where the campaign was begun by a version that knew none. */
        fingerprint?: string;
      },
      { actorId, ask, tellSelf },
    ) => {
      const { attempts, trunkId, plan, intent, fingerprint } = input;
      const place = async ({ callId, lead, agentId }: PlacedAttempt) => {
        const { row, contactId, mask, standing = standingOf(lead) } = lead;
        const who = { campaignId: actorId, row, contactId, mask, ...(agentId ? { agentId } : {}) };
        const under = fingerprint === undefined ? {} : { law: { fingerprint, standing } };
        const command = { type: 'PlaceCall', ...who, trunkId, plan, intent, ...under } as const;
        // A campaign may make a million calls: each is a story of its own, to be read and traced by itself.
        const placed = await ask(callProtocol, callId, command, { correlationId: callId });
        if (!placed.ok) {
          const { code, message } = placed.rejection;
          if (mayBeTaken(placed)) throw new RetryableError(codeOf({ code }) ?? 'NODE_UNREACHABLE', message);
          tellSelf({ type: 'ReportAttempt', callId, outcome: 'failed', refusal: code }, `refused:${callId}`);
          return;
        }
        if (placed.reply?.phase === 'ended') {
          const { outcome, ruleId, retryAtMs } = placed.reply;
          tellSelf({ type: 'ReportAttempt', callId, outcome, ...defined({ ruleId, retryAtMs }) }, `ended:${callId}`);
        }
      };
      await Promise.all(attempts.map(place));
      return undefined;
    },
    reserve: async (
      { callId, agentId, wrapUp }: { callId: string; agentId: string; wrapUp: AgentWrapUp },
      { actorId, ask, tellSelf },
      key,
    ) => {
      const command = { type: 'ReserveAgent', callId, campaignId: actorId, wrapUp } as const;
      const reserved = await ask(agentProtocol, agentId, command, { correlationId: callId });
      if (reserved.ok) return undefined;
      const { code, message } = reserved.rejection;
      const refusal = { type: 'ReportRefusal', callId, agentId, code } as const;
      if (!mayBeTaken(reserved)) return refusal;
      // The call cannot wait for that; but the agent must have heard of it, or nobody would know whether it is free.
      tellSelf(refusal, `${key}:passing`);
      throw new RetryableError(codeOf({ code }) ?? 'NODE_UNREACHABLE', message);
    },
  };
}

/** What is there of it: a field that is absent is not to be one that is undefined. */
function defined(refusal: { readonly ruleId: string | undefined; readonly retryAtMs: number | undefined }) {
  const { ruleId, retryAtMs } = refusal;
  return { ...(ruleId === undefined ? {} : { ruleId }), ...(retryAtMs === undefined ? {} : { retryAtMs }) };
}

/** Whether the same command may be taken later. Nodes that hold calls may all be away for a while. */
function mayBeTaken(refused: Answered<unknown> & { ok: false }): boolean {
  return isPassing(refused) || refused.rejection.code === 'ACTOR_KIND_UNKNOWN';
}

/** What the list is told of a decision to call a lead again. */
function toldOf(followUp: Scheduled): FollowUp {
  const { row, attempt, dueAtMs, reason, outcome, endedAtMs, agentId, anyoneAtMs, humanOnly = false } = followUp;
  return {
    row,
    attempt,
    dueAtMs,
    callback: reason === 'callback',
    humanOnly,
    ...(agentId === undefined ? {} : { owner: { agentId, anyoneAtMs: anyoneAtMs ?? dueAtMs } }),
    // Nobody was dialed.
    ...(outcome === 'refused' || outcome === 'canceled' ? {} : { past: { attempt, outcome, atMs: endedAtMs } }),
  };
}
