/** What a campaign counts of the work with agents, and whom it shows to an agent before anybody is dialed. */
import type { AgentRequested, CampaignEvent } from '#proto/generated/campaign.ts';

/** A contact that an agent looks at. */
export interface Offer {
  /** Empty: nobody is free to look at it. */
  readonly agentId: string;
}

export interface AgentBook {
  /** By call id: attempts that were begun and wait for an agent's word. */
  readonly offers: Readonly<Record<string, Offer>>;
  /** By call id: the agent who wants this call. */
  readonly bound: Readonly<Record<string, string>>;
  /** Agents who have clicked to dial, in order. */
  readonly wanting: readonly string[];
  /** Calls that hear the safe-harbour message. */
  readonly abandoning: readonly string[];
  /** When those who have met no agent yet answered, by call id. */
  readonly answeredAtMs: Readonly<Record<string, number>>;
  /** When talks that are not over were connected, by call id. */
  readonly connectedAtMs: Readonly<Record<string, number>>;
  /** By people, as far as the agents who were there have said. */
  readonly answered: number;
  readonly abandoned: number;
  readonly talkMs: number;
}

export const emptyBook: AgentBook = {
  ...{ offers: {}, bound: {}, wanting: [], abandoning: [], answeredAtMs: {}, connectedAtMs: {} },
  ...{ answered: 0, abandoned: 0, talkMs: 0 },
};

/** Whoever looks at a contact, or has accepted one, is kept for it. */
export function takenBy({ offers, bound }: AgentBook): (agentId: string) => boolean {
  const taken = new Set([...Object.values(offers).map(({ agentId }) => agentId), ...Object.values(bound)]);
  return (agentId) => taken.has(agentId);
}

export function evolveBook(book: AgentBook, event: CampaignEvent): AgentBook {
  switch (event.type) {
    case 'AgentRequested':
      return event.wait === 1 ? answered(book, event) : book;
    case 'AttemptDisposed':
      return event.machine ? { ...book, answered: book.answered - 1 } : book;
    case 'CallConnected': {
      const { callId, atMs, late } = event;
      if (callId in book.connectedAtMs) return book;
      const connectedAtMs = { ...book.connectedAtMs, [callId]: atMs };
      return { ...book, ...metOne(book, callId), abandoned: book.abandoned + (late ? 1 : 0), connectedAtMs };
    }
    case 'CallAbandoned': {
      const { callId } = event;
      const abandoning = [...book.abandoning, callId];
      return { ...book, ...metOne(book, callId), abandoned: book.abandoned + 1, abandoning };
    }
    case 'LeadWanted':
      return { ...book, wanting: [...book.wanting, event.agentId] };
    case 'AgentWentAway':
    case 'AgentLent':
      return without(book, event.agentId);
    case 'PreviewOffered': {
      const { callId, agentId } = event;
      const wanting = book.wanting.filter((each) => each !== agentId);
      return { ...book, wanting, offers: { ...book.offers, [callId]: { agentId } } };
    }
    case 'PreviewAnswered': {
      const { [event.callId]: _, ...offers } = book.offers;
      const bound = event.accepted ? { ...book.bound, [event.callId]: event.agentId } : book.bound;
      return { ...book, offers, bound };
    }
    case 'AttemptEnded':
      return ended(event.abandoned ? { ...book, abandoned: book.abandoned + 1 } : book, event.callId, event.atMs);
    default:
      return book;
  }
}

function without(book: AgentBook, agentId: string): AgentBook {
  return book.wanting.includes(agentId) ? { ...book, wanting: book.wanting.filter((each) => each !== agentId) } : book;
}

function answered(book: AgentBook, { callId, sinceMs }: AgentRequested): AgentBook {
  return { ...book, answered: book.answered + 1, answeredAtMs: { ...book.answeredAtMs, [callId]: sinceMs } };
}

/** Or never will meet one. */
function metOne({ answeredAtMs }: AgentBook, callId: string): Pick<AgentBook, 'answeredAtMs'> {
  const { [callId]: _, ...others } = answeredAtMs;
  return { answeredAtMs: others };
}

function ended(book: AgentBook, callId: string, atMs: number): AgentBook {
  const { [callId]: connected, ...connectedAtMs } = book.connectedAtMs;
  const talkMs = connected === undefined ? 0 : Math.max(0, atMs - connected);
  const isKnown =
    callId in book.offers || callId in book.bound || callId in book.answeredAtMs || book.abandoning.includes(callId);
  if (!isKnown && connected === undefined) return book;
  const { [callId]: _offer, ...offers } = book.offers;
  const { [callId]: _bound, ...bound } = book.bound;
  const abandoning = book.abandoning.filter((each) => each !== callId);
  return { ...book, ...metOne(book, callId), offers, bound, abandoning, connectedAtMs, talkMs: book.talkMs + talkMs };
}
