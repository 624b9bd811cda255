/**
 * A campaign, its calls and its agents without a runtime: pure functions, and mail that arrives in whatever order a test
 * wants, except that one actor's words to another keep theirs. What executors would do is played by hand.
 */
import * as agentDecide from '#actors/agent/decide.ts';
import * as agentReact from '#actors/agent/react.ts';
import * as agentState from '#actors/agent/state.ts';
import * as callDecide from '#actors/call/decide.ts';
import * as callReact from '#actors/call/react.ts';
import * as callState from '#actors/call/state.ts';
import * as campaignDecide from '#actors/campaign/decide.ts';
import * as campaignReact from '#actors/campaign/react.ts';
import * as campaignState from '#actors/campaign/state.ts';
import type { Tagged } from '#proto/codec.ts';
import type { CampaignSettings, Lead } from '#proto/generated/campaign.ts';
import type { CommandMeta, Decision } from '#runtime/decision.ts';
import type { Effect } from '#runtime/effects.ts';

interface Actor {
  readonly kind: string;
  initial(): unknown;
  decide(state: never, command: never, meta: CommandMeta): Decision<Tagged, Tagged>;
  evolve(state: never, event: never): unknown;
  react(state: never, event: never, actorId: string): readonly Effect<Tagged>[];
}

const kinds: Readonly<Record<string, Actor>> = {
  agent: { kind: 'agent', ...agentState, ...agentDecide, ...agentReact } as unknown as Actor,
  call: { kind: 'call', ...callState, ...callDecide, ...callReact } as unknown as Actor,
  campaign: { kind: 'campaign', ...campaignState, ...campaignDecide, ...campaignReact } as unknown as Actor,
};

/** `kind/id`. */
type Ref = string;

/** A command as a test writes it down: the actors' own tests see to it that it is one. */
type Said = Tagged & Readonly<Record<string, unknown>>;

interface Mail {
  readonly to: Ref;
  readonly command: Tagged;
}

interface Asking extends Tagged {
  /** Who asks, and its name. */
  readonly from: Ref;
  readonly id: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What an agent, or the network of the phone, says. */
function wishOf(act: AgentAct, agent: agentState.AgentState, other: string, pick: number): Said {
  const { legId, phase } = agent;
  const transfer = { type: 'TransferCall', target: '', agentId: other };
  const said: Readonly<Record<AgentAct, Said>> = {
    'sign-in': { type: 'SignIn' },
    'phone-answers': { type: 'ReportPhoneAnswer', legId, nodeId: 'n' },
    'phone-is-lost': { type: 'ReportPhoneGone', legId, reason: 'lost' },
    ready: { type: 'BecomeReady' },
    break: { type: 'TakeBreak', reason: 'tea' },
    'agent-hangs-up': { type: 'EndCall' },
    hold: { type: phase === 'holding' ? 'RetrieveCall' : 'HoldCall' },
    'hand-over': { ...transfer, agentId: pick % 2 ? other : '', warm: false },
    consult: { ...transfer, warm: true },
    'hand-out': { ...transfer, agentId: '', target: 'billing', warm: false },
    finish: { type: 'CompleteTransfer' },
    cancel: { type: 'CancelTransfer' },
    dispose: { type: 'DisposeCall', disposition: 'sale' },
    accept: { type: 'AnswerPreview', accepted: true },
    skip: { type: 'AnswerPreview', accepted: false },
    click: { type: 'RequestLead', campaignId: 'c' },
  };
  return said[act];
}

/** What happens outside, by the person or the network that it happens to. */
export type Act = AgentAct | 'pace' | 'answer' | 'busy' | 'callee-hangs-up' | 'time';

type AgentAct =
  | ('sign-in' | 'phone-answers' | 'phone-is-lost' | 'ready' | 'break' | 'dispose')
  | ('agent-hangs-up' | 'hold' | 'hand-over' | 'consult' | 'finish' | 'cancel' | 'hand-out')
  | ('accept' | 'skip' | 'click');

export class World {
  readonly states = new Map<Ref, unknown>();
  /** Every event, in the order in which it was decided. */
  readonly journal: { readonly ref: Ref; readonly event: Tagged; readonly nowMs: number }[] = [];
  /** Mail on its way, by sender and receiver. */
  readonly #channels = new Map<string, Mail[]>();
  readonly #timers = new Map<string, { atMs: number; mail: Mail }>();
  readonly #leads: Lead[];
  readonly #agents: readonly string[];
  readonly #claims = new Map<string, readonly Lead[]>();
  nowMs = 1_750_000_000_000;

  constructor(settings: CampaignSettings, agents: readonly string[], leads: number) {
    this.#agents = agents;
    this.#leads = Array.from({ length: leads }, (_, index) => {
      return { row: index + 1, contactId: `p-${index + 1}`, mask: '+1 202 *** **45', attempt: 1 };
    });
    this.tell('campaign/c', { type: 'ConfigureCampaign', settings });
    this.tell('campaign/c', { type: 'LoadList', path: 'l.csv' });
    this.tell('campaign/c', {
      type: 'ReportList',
      path: 'l.csv',
      rows: leads,
      added: leads,
      known: 0,
      refused: 0,
      failure: '',
    });
    this.tell('campaign/c', { type: 'StartCampaign' });
    for (const agentId of agents) {
      const profile = { phoneUri: `sip:${agentId}@pbx`, skills: [], languages: [], campaigns: ['c'] };
      this.tell(`agent/${agentId}`, { type: 'ConfigureAgent', profile });
    }
  }

  get campaign(): campaignState.CampaignState {
    return this.#state('campaign/c') as campaignState.CampaignState;
  }

  get calls(): readonly (readonly [string, callState.CallState])[] {
    return [...this.states].flatMap(([ref, state]) =>
      ref.startsWith('call/') ? [[ref.slice(5), state as callState.CallState] as const] : [],
    );
  }

  agent(agentId: string): agentState.AgentState {
    return this.#state(`agent/${agentId}`) as agentState.AgentState;
  }

  /**
   * Delivers one of the mails that may arrive next; `pick` is any whole number. Whether there was one. What the runtime
   * does not do: one arrives `twice`, the second time late, or `overtakes` those that were sent before it.
   */
  deliver(pick: number, how: 'in turn' | 'twice' | 'overtakes' = 'in turn'): boolean {
    const open = [...this.#channels].filter(([, mails]) => mails.length > 0);
    const mails = open[pick % Math.max(1, open.length)]?.[1];
    const mail = how === 'overtakes' ? mails?.pop() : mails?.shift();
    if (!mail) return false;
    if (how === 'twice') mails?.push(mail);
    if (mail.to === 'edge/reserve' || mail.to === 'edge/consult') this.#ask(mail.command as Asking, mail.to);
    else this.tell(mail.to, mail.command as Said);
    return true;
  }

  /** All that is on its way arrives, oldest channel first. */
  settle(): void {
    for (let left = 10_000; left > 0 && this.deliver(0); left -= 1);
  }

  act(act: Act, pick: number): void {
    const agentId = this.#agents[pick % this.#agents.length] ?? '';
    const other = this.#agents[(pick + 1) % this.#agents.length] ?? '';
    if (act === 'pace') this.tell('campaign/c', { type: 'Pace' });
    else if (act === 'time') this.#passTime(pick);
    else if (act === 'answer' || act === 'busy' || act === 'callee-hangs-up') this.#callee(act, pick);
    else this.tell(`agent/${agentId}`, wishOf(act, this.agent(agentId), other, pick));
  }

  /** One command, now: its events are durable, its effects are on their way. */
  tell(ref: Ref, command: Said): Decision<Tagged, Tagged> {
    const [kind = '', id = ''] = ref.split('/');
    const actor = kinds[kind] as Actor;
    const { nowMs } = this;
    const meta = { actorId: id, commandId: 'x', correlationId: 'x', sender: 'test:world', nowMs };
    const decision = actor.decide(this.#state(ref) as never, command as never, meta);
    for (const event of 'events' in decision ? decision.events : []) {
      const state = actor.evolve(this.#state(ref) as never, event as never);
      this.states.set(ref, state);
      this.journal.push({ ref, event, nowMs });
      for (const effect of actor.react(state as never, event as never, id)) this.#perform(ref, id, effect);
    }
    // No two events of one actor have one time, as in life nearly always.
    this.nowMs += 1;
    return decision;
  }

  /** The next timer, however far away, where there is one. */
  skipToTimer(): boolean {
    const next = [...this.#timers].sort(([, one], [, other]) => one.atMs - other.atMs)[0];
    if (!next) return false;
    this.#fire(next[0], next[1]);
    return true;
  }

  #state(ref: Ref): unknown {
    const known = this.states.get(ref);
    if (known) return known;
    const state = kinds[ref.split('/')[0] ?? '']?.initial();
    this.states.set(ref, state);
    return state;
  }

  #send(from: Ref, to: Ref, command: Said): void {
    const key = `${from} ${to}`;
    if (to.startsWith('trunk/')) return;
    this.#channels.set(key, [...(this.#channels.get(key) ?? []), { to, command }]);
  }

  #perform(from: Ref, id: string, effect: Effect<Tagged>): void {
    if (effect.type === 'tell') this.#send(from, `${effect.protocol.kind}/${effect.id}`, effect.command as Said);
    if (effect.type === 'set-timer') {
      this.#timers.set(`${from} ${effect.key}`, { atMs: effect.atMs, mail: { to: from, command: effect.command } });
    }
    if (effect.type === 'clear-timer') this.#timers.delete(`${from} ${effect.key}`);
    if (effect.type === 'run') this.#run(from, id, effect.executor, effect.input as Readonly<Record<string, unknown>>);
  }

  /** What the edges would do: each answers by mail of its own, which may be late. */
  #run(from: Ref, id: string, executor: string, input: Readonly<Record<string, unknown>>): void {
    const edge = `${from}:edge`;
    switch (executor) {
      case 'claim': {
        const claimId = String(input.claimId);
        const leads = this.#claims.get(claimId) ?? this.#leads.splice(0, Number(input.count));
        this.#claims.set(claimId, leads);
        this.#send(edge, from, { type: 'AssignLeads', claimId, leads });
        return;
      }
      case 'place-calls':
        for (const attempt of input.attempts as { callId: string; lead: Lead; agentId?: string }[]) {
          const { row, contactId, mask } = attempt.lead;
          const who = {
            campaignId: id,
            row,
            contactId,
            mask,
            ...(attempt.agentId ? { agentId: attempt.agentId } : {}),
          };
          const { trunkId, plan, intent } = input;
          this.#send(edge, `call/${attempt.callId}`, { type: 'PlaceCall', ...who, trunkId, plan, intent });
        }
        return;
      case 'reserve':
      case 'consult':
        this.#send(edge, `edge/${executor}`, { type: 'Ask', from, id, input });
        return;
      case 'seek-route':
        this.#send(edge, from, { type: 'TakeRoute', trunkId: input.trunkId });
        return;
      case 'bridge':
        this.#send(edge, from, { type: 'ReportBridge', agentId: input.agentId, failure: '' });
        return;
      case 'transfer':
        // Some targets are busy; who is taken away by a REFER is gone before we hear that it went well.
        if (this.nowMs % 3 > 0)
          this.#send(edge, from, { type: 'ReportHangup', by: 'callboard', reason: 'Transferred' });
        this.#send(edge, from, { type: 'ReportTransfer', failure: this.nowMs % 3 > 0 ? '' : 'TRANSFER_FAILED' });
        return;
      case 'hang-up':
        this.#send(edge, from, { type: 'ReportHangup', by: 'callboard', reason: 'BYE' });
        return;
      case 'close-media':
        this.#send(edge, from, { type: 'DeclareLost' });
        return;
      default:
        return;
    }
  }

  /** A question to an agent arrives, and its answer sets out. */
  #ask({ from, id, input }: Asking, to: Ref): void {
    const isReserve = to === 'edge/reserve';
    const agentId = String(isReserve ? input.agentId : input.toAgentId);
    const callId = isReserve ? input.callId : id;
    const none = { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' };
    const asked = isReserve ? { wrapUp: input.wrapUp } : { wrapUp: none, consult: true };
    const answer = this.tell(`agent/${agentId}`, { type: 'ReserveAgent', callId, campaignId: 'c', ...asked });
    if (!('rejection' in answer)) return;
    const { code } = answer.rejection;
    const refused = isReserve
      ? { type: 'ReportRefusal', callId, agentId, code }
      : { type: 'ReportAgentGone', agentId, reason: code, reservation: 0 };
    this.#send(`${from}:edge`, from, refused);
  }

  #callee(act: 'answer' | 'busy' | 'callee-hangs-up', pick: number): void {
    const phases = act === 'callee-hangs-up' ? ['talking'] : ['dialing', 'ringing'];
    const meant = this.calls.filter(([, { phase }]) => phases.includes(phase));
    const [callId] = meant[pick % Math.max(1, meant.length)] ?? [];
    if (callId === undefined) return;
    const said: Said = {
      answer: { type: 'ReportAnswer', sipStatus: 200 },
      busy: { type: 'ReportFailure', outcome: 'busy', sipStatus: 486, reason: 'Busy Here' },
      'callee-hangs-up': { type: 'ReportHangup', by: 'callee', reason: 'BYE' },
    }[act];
    this.tell(`call/${callId}`, said);
  }

  /** To the next timer, where there is one within a minute or so. */
  #passTime(pick: number): void {
    const next = [...this.#timers].sort(([, one], [, other]) => one.atMs - other.atMs)[0];
    this.nowMs += 1 + (pick % 500);
    if (!next || next[1].atMs > this.nowMs + 20_000) return;
    this.#fire(next[0], next[1]);
  }

  #fire(key: string, { atMs, mail }: { atMs: number; mail: Mail }): void {
    this.#timers.delete(key);
    this.nowMs = Math.max(this.nowMs, atMs);
    this.tell(mail.to, mail.command as Said);
  }
}
