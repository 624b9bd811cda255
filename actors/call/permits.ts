/** Asks the contact whether a call may be dialed now. The contact counts the attempt with its answer. */
import type { CallCommand, TakeRefusal } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import type { Law, Standing } from '#proto/generated/law.ts';
import type { ExecutorContext } from '#runtime/actor.ts';

/** What the call knows that the contact is to be asked. */
export interface PermitWanted {
  readonly campaignId: string;
  readonly contactId: string;
  /** Of the rules. */
  readonly fingerprint: string;
  readonly standing: Standing;
  readonly recorded: boolean;
  readonly agentWaits: boolean;
  /** Once it is permitted the call is over by then, ms. */
  readonly lastsMs: number;
}

export type Permission =
  | { readonly is: 'granted' }
  | { readonly is: 'refused'; readonly refusal: TakeRefusal }
  /** Nobody could say: an actor is away. */
  | { readonly is: 'unsaid'; readonly code: string; readonly retryAfterMs?: number };

export interface PermitPorts {
  /** Whether calls over a trunk show a number to those called. */
  readonly showsNumber: (trunkId: string) => boolean;
}

/** On behalf of one call. */
type Asker = Pick<ExecutorContext<CallCommand>, 'actorId' | 'ask'>;

export interface Permits {
  ask(trunkId: string, wanted: PermitWanted, asker: Asker): Promise<Permission>;
  /** Nobody was dialed by it: it counts no more, and others may call. Where the contact is away it asks later. */
  giveBack(wanted: PermitWanted, asker: Asker, atMs: number): Promise<void>;
}

/** Rules of so many campaigns are kept; they are some kilobytes each. */
const mostLaws = 64;
/** Whoever was erased is never called again; no rule of a profile has this name. */
export const erasedRule = 'contact-erased';

/** The rules are journaled with their campaign: a call has their fingerprint only, and asks for them once a node. */
export function permits({ showsNumber }: PermitPorts): Permits {
  const laws = new Map<string, Law>();
  const askContact: Permits['ask'] = async (trunkId, wanted, { actorId, ask }) => {
    const { campaignId, contactId, fingerprint, standing, recorded, agentWaits, lastsMs } = wanted;
    let law = laws.get(fingerprint);
    if (!law) {
      const campaign = await ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
      if (!campaign.ok) return unsaid(campaign.rejection);
      // Rules that were changed meanwhile are those that hold now.
      law = campaign.reply?.settings?.law;
      if (!law) return { is: 'unsaid', code: 'LAW_PROFILE_MISSING' };
      if (laws.size >= mostLaws) laws.clear();
      laws.set(law.fingerprint, law);
    }
    const answer = await ask(contactProtocol, contactId, {
      type: 'RequestPermit',
      ...{ callId: actorId, campaignId, law, standing, showsNumber: showsNumber(trunkId) },
      ...{ recorded, agentWaits, lastsMs },
    });
    if (!answer.ok) {
      if (answer.rejection.code === 'CONTACT_ERASED') return { is: 'refused', refusal: { ruleId: erasedRule } };
      return unsaid(answer.rejection);
    }
    if (answer.reply?.type !== 'PermitAnswered') return { is: 'unsaid', code: 'COMMAND_UNREADABLE' };
    const { granted, ruleId, retryAtMs } = answer.reply;
    if (granted) return { is: 'granted' };
    return { is: 'refused', refusal: { ruleId, ...(retryAtMs === undefined ? {} : { retryAtMs }) } };
  };
  return {
    ask: askContact,
    async giveBack({ campaignId, contactId }, { actorId, ask }, atMs) {
      const undialed = { callId: actorId, campaignId, outcome: 'canceled', dialed: false, talkMs: 0, atMs } as const;
      await ask(contactProtocol, contactId, { type: 'ReportAttemptOutcome', ...undialed });
    },
  };
}

function unsaid({ code, retryAfterMs }: { readonly code: string; readonly retryAfterMs?: number }): Permission {
  return { is: 'unsaid', code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
