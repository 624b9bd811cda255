/** What an agent knows of itself: its phone, the one call that it has, and what it wants to do next. */
import type { AgentEvent, AgentProfile, AgentReserved, PreviewOffered, WrapUp } from '#proto/generated/agent.ts';

/**
 * offline → signing-in → ready → reserved → talking ⇄ holding → wrapping → ready. `previewing` looks at a contact before
 * it is dialed; `break` and `monitoring` take no calls.
 */
export type Phase =
  | 'offline'
  | 'signing-in'
  | 'ready'
  | 'previewing'
  | 'reserved'
  | 'talking'
  | 'holding'
  | 'wrapping'
  | 'break'
  | 'monitoring';

/** The call that the agent has, or wraps up. */
export interface AgentCall {
  readonly callId: string;
  readonly campaignId: string;
  readonly wrapUp: WrapUp;
  /** The agent is asked by another one who has the customer. */
  readonly consult: boolean;
  /** Which reservation: calls name it, so that their word of an earlier one has no effect. */
  readonly reservation: number;
  /** The agent has accepted the contact, and nobody has answered yet. */
  readonly promised: boolean;
  /** 0: not connected yet. */
  readonly connectedAtMs: number;
  /** 0: not over yet. */
  readonly endedAtMs: number;
  /** What became of the talk was named. */
  readonly disposed: boolean;
  /** The customer wants no more calls. */
  readonly optedOut: boolean;
  /** Notes about it, by the vault's ids. */
  readonly notes: readonly string[];
  /** Another agent is asked, to talk to first or to take the customer at once. */
  readonly transferring: boolean;
}

/** What leads from the phone to a call on another node. */
export interface PhoneLink {
  readonly callId: string;
  readonly linkId: string;
}

/** What a supervisor attends. */
export interface Attending {
  readonly agentId: string;
  readonly linkId: string;
}

/** What the agent wants when the call is over. */
export type Afterwards = { readonly type: 'break'; readonly reason: string } | { readonly type: 'sign-out' };

export interface AgentState {
  readonly phase: Phase;
  readonly profile?: AgentProfile;
  /** How often the profile was given, and the campaigns that the last one took from the agent. */
  readonly configured: number;
  readonly left: readonly string[];
  /** How often the agent has signed in; each shift has a leg of its own. */
  readonly shifts: number;
  readonly reservations: number;
  /** The leg of the phone, from the first ring; empty: none. */
  readonly legId: string;
  /** Who holds it; empty until it is answered. */
  readonly nodeId: string;
  /** Since when the agent waits for a call: a reservation that comes to nothing does not change it. */
  readonly idleSinceMs: number;
  readonly sinceMs: number;
  /** Of the break, or why the phone is gone. */
  readonly reason: string;
  readonly muted: boolean;
  readonly call?: AgentCall;
  /** Of the call that the agent has or had last, where that is on another node. */
  readonly link?: PhoneLink;
  readonly preview?: Omit<PreviewOffered, 'atMs'>;
  readonly afterwards?: Afterwards;
  /** The one of its campaigns that dials for the agent now; empty: none has yet. */
  readonly turn: string;
  /** Turns that were passed on since the agent had something to do. */
  readonly passed: number;
  /** Whom the supervisor attends. */
  readonly monitored?: string;
  /** The link for it, where that phone is on another node; of now, or the last. */
  readonly attending?: Attending;
  /** By supervisor of another node who attends the phone: the link. */
  readonly attendedBy?: Readonly<Record<string, string>>;
}

export function initial(): AgentState {
  return {
    ...{
      phase: 'offline',
      configured: 0,
      left: [],
      shifts: 0,
      reservations: 0,
      legId: '',
      nodeId: '',
      idleSinceMs: 0,
      sinceMs: 0,
      reason: '',
      muted: false,
      turn: '',
      passed: 0,
    },
  };
}

/** Whether the agent has a call, from the reservation to the end of the talk. */
export function isInCall({ phase }: Pick<AgentState, 'phase'>): boolean {
  return phase === 'reserved' || phase === 'talking' || phase === 'holding';
}

/** Id of the leg of a shift's phone: no call's id has a colon in it. */
export function legIdOf(agentId: string, shift: number): string {
  return `agent:${agentId}:${shift}`;
}

/** The campaign that dials for the agent: one at a time, or two would dial for one agent. */
export function turnOf({ turn, profile }: AgentState): string | undefined {
  const campaigns = profile?.campaigns ?? [];
  return campaigns.includes(turn) ? turn : campaigns[0];
}

/** Whether the agent works for several campaigns, who take turns. */
export function isShared({ profile }: AgentState): boolean {
  return (profile?.campaigns.length ?? 0) > 1;
}

/** Whose turn it is after that. */
export function turnAfter({ turn, profile }: AgentState): string | undefined {
  const campaigns = profile?.campaigns ?? [];
  return campaigns[(campaigns.indexOf(turn) + 1) % campaigns.length];
}

export function evolve(state: AgentState, event: AgentEvent): AgentState {
  switch (event.type) {
    case 'AgentConfigured':
      return configured(state, event.profile);
    case 'SignInRequested': {
      const { shift: shifts, legId, atMs: sinceMs } = event;
      const { attendedBy: _, ...rest } = state;
      return { ...rest, phase: 'signing-in', shifts, legId, nodeId: '', muted: false, reason: '', sinceMs };
    }
    case 'PhoneAnswered':
      return { ...state, nodeId: event.nodeId };
    case 'AgentBecameReady': {
      const { atMs } = event;
      const turn = turnAfter(state) ?? '';
      return { ...free(state), phase: 'ready', idleSinceMs: atMs, sinceMs: atMs, reason: '', turn, passed: 0 };
    }
    case 'BreakBegan':
      return { ...free(state), phase: 'break', reason: event.reason, sinceMs: event.atMs };
    case 'BreakRequested':
      return { ...state, afterwards: { type: 'break', reason: event.reason } };
    case 'SignOutRequested':
      return { ...state, afterwards: { type: 'sign-out' } };
    case 'SignedOut': {
      const { reason, atMs: sinceMs } = event;
      return { ...free(state), phase: 'offline', legId: '', nodeId: '', muted: false, reason, sinceMs };
    }
    case 'AgentReserved':
      return reserved(state, event);
    case 'PhoneLinkRequested': {
      const { callId, linkId } = event;
      return { ...state, link: { callId, linkId } };
    }
    case 'ReservationEnded': {
      const { call: _, ...rest } = state;
      return { ...rest, phase: 'ready', sinceMs: event.atMs };
    }
    case 'AgentConnected':
      return { ...withCall(state, { connectedAtMs: event.atMs }), phase: 'talking', sinceMs: event.atMs };
    case 'CallHeld':
      return { ...state, phase: 'holding', sinceMs: event.atMs };
    case 'CallRetrieved':
      return { ...state, phase: 'talking', sinceMs: event.atMs };
    case 'MicrophoneMuted':
      return { ...state, muted: event.muted };
    case 'TransferRequested':
      // Whom the customer's hold was for, the agent asks now.
      return { ...withCall(state, { transferring: event.warm || event.agentId !== '' }), phase: 'talking' };
    case 'TransferCompleted':
      return withCall(state, { transferring: false });
    case 'TransferCanceled':
      return { ...withCall(state, { transferring: false }), phase: 'talking' };
    case 'TalkEnded':
      return { ...withCall(state, { endedAtMs: event.atMs }), phase: 'wrapping', sinceMs: event.atMs };
    case 'CallDisposed':
      return withCall(state, { disposed: true });
    case 'CustomerOptedOut':
      return withCall(state, { optedOut: true });
    case 'CallNoted':
      return withCall(state, { notes: [...(state.call?.notes ?? []), event.noteId] });
    case 'MonitoringBegan':
      return attending(state, event.agentId, event.atMs);
    case 'MonitoringEnded':
      return { ...free(state), phase: 'break', reason: event.reason, sinceMs: event.atMs };
    case 'PhoneAttended':
      return { ...state, attendedBy: { ...state.attendedBy, [event.supervisorId]: event.linkId } };
    case 'PhoneLeft': {
      const { [event.supervisorId]: _, ...attendedBy } = state.attendedBy ?? {};
      return { ...state, attendedBy };
    }
    case 'PreviewOffered': {
      const { type: _, atMs: sinceMs, ...preview } = event;
      return { ...state, phase: 'previewing', preview, sinceMs };
    }
    case 'PreviewAnswered':
      return previewed(state, event.accepted, event.atMs);
    case 'MonitorLinked':
    case 'ConnectionRefused':
    case 'ReservationDoubted':
    case 'CallEndRequested':
    case 'PreviewDeclined':
    case 'ReleaseAsked':
      return state;
    case 'LeadRequested':
      return { ...state, turn: event.campaignId, passed: 0 };
    case 'TurnPassed':
      return { ...state, turn: event.campaignId, passed: state.passed + 1 };
  }
}

function configured(state: AgentState, profile: AgentProfile): AgentState {
  const left = state.profile?.campaigns.filter((campaignId) => !profile.campaigns.includes(campaignId)) ?? [];
  return { ...state, profile, left, configured: state.configured + 1 };
}

function reserved(
  state: AgentState,
  { callId, campaignId, wrapUp, consult, reservation, atMs }: AgentReserved,
  promised = false,
): AgentState {
  const begun = {
    promised,
    connectedAtMs: 0,
    endedAtMs: 0,
    disposed: false,
    optedOut: false,
    notes: [],
    transferring: false,
  };
  const call: AgentCall = { callId, campaignId, wrapUp, consult, reservation, ...begun };
  const { link: _, ...rest } = state;
  return { ...rest, phase: 'reserved', call, reservations: reservation, sinceMs: atMs };
}

/** Whoever has accepted a contact is reserved for its call before it is dialed. */
function previewed(state: AgentState, accepted: boolean, sinceMs: number): AgentState {
  const { preview, ...rest } = state;
  if (!preview) return state;
  if (!accepted) return { ...rest, phase: 'ready', sinceMs };
  const { callId, campaignId, wrapUp } = preview;
  return reserved(
    rest,
    { callId, campaignId, wrapUp, consult: false, reservation: state.reservations + 1, atMs: sinceMs },
    true,
  );
}

function withCall(state: AgentState, change: Partial<AgentCall>): AgentState {
  return state.call ? { ...state, call: { ...state.call, ...change } } : state;
}

/** In another mode it is the same link. */
function attending(state: AgentState, agentId: string, atMs: number): AgentState {
  const link = state.phase === 'monitoring' && state.monitored === agentId ? state.attending : undefined;
  const { linkId = `attend:${state.legId}:${atMs}` } = link ?? {};
  return { ...state, phase: 'monitoring', monitored: agentId, attending: { agentId, linkId }, sinceMs: atMs };
}

/** Without what belongs to a call. */
function free(state: AgentState): Omit<AgentState, 'call' | 'link' | 'preview' | 'afterwards' | 'monitored'> {
  const {
    call: _call,
    link: _link,
    preview: _preview,
    afterwards: _afterwards,
    monitored: _monitored,
    ...rest
  } = state;
  return rest;
}
