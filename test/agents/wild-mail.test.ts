/**
 * Mail that arrives twice, late, or before what was said sooner, which is more than the runtime allows: still an agent is
 * in one call at most and a call has one agent, and once all has arrived nobody waits for ever.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AgentEvent } from '#proto/generated/agent.ts';
import type { CallEvent } from '#proto/generated/call.ts';
import type { CampaignEvent, PacingMode } from '#proto/generated/campaign.ts';
import { agents, leaseMs, modes, play, type Story, seeded, settings, wildSteps } from './stories.ts';
import { World } from './world.ts';

/** Who has whom, by the events alone: each of these is `kind/id`, or nobody. */
class Witness {
  /** By agent, its call. */
  readonly #callOf = new Map<string, string>();
  /** By call, who talks to the callee, and who is asked beside. */
  readonly #agentOf = new Map<string, string>();
  readonly #askedIn = new Map<string, string>();
  /** By call, whom the campaign has asked. */
  readonly #chosen = new Map<string, string>();
  #seen = 0;
  connected = 0;

  look({ journal }: World): void {
    for (const { ref, event } of journal.slice(this.#seen)) {
      const [kind, id = ''] = ref.split('/');
      if (kind === 'agent') this.#agent(id, event as AgentEvent);
      if (kind === 'call') this.#call(id, event as CallEvent);
      if (kind === 'campaign') this.#campaign(event as CampaignEvent);
    }
    this.#seen = journal.length;
    // No phone is in two calls.
    const phones = [...this.#agentOf.values(), ...this.#askedIn.values()];
    expect(new Set(phones).size).toBe(phones.length);
  }

  #agent(agentId: string, event: AgentEvent): void {
    if (event.type === 'AgentReserved') {
      expect([undefined, event.callId]).toContain(this.#callOf.get(agentId));
      this.#callOf.set(agentId, event.callId);
    }
    if (event.type === 'AgentConnected') expect(this.#callOf.get(agentId)).toBe(event.callId);
    if (event.type === 'PreviewAnswered' && event.accepted) this.#callOf.set(agentId, event.callId);
    if (['ReservationEnded', 'TalkEnded', 'SignedOut'].includes(event.type)) this.#callOf.delete(agentId);
  }

  #call(callId: string, event: CallEvent): void {
    switch (event.type) {
      case 'AgentAssigned': {
        const of = event.consult ? this.#askedIn : this.#agentOf;
        expect([callId, of.get(callId)]).toEqual([callId, undefined]);
        of.set(callId, event.legId);
        break;
      }
      case 'AgentConnected':
        this.connected += 1;
        break;
      case 'HandOverEnded':
        this.#askedIn.delete(callId);
        break;
      case 'AgentLost':
      case 'AgentLeft':
        this.#agentOf.delete(callId);
        break;
      case 'HangupRequested':
      case 'CallHungUp':
      case 'CallFailed':
      case 'CallLost':
      case 'CallEnded':
        this.#agentOf.delete(callId);
        this.#askedIn.delete(callId);
        break;
    }
  }

  /** A callee is routed to one agent at once: nobody else is asked before that one has answered. */
  #campaign(event: CampaignEvent): void {
    switch (event.type) {
      case 'AgentChosen':
        expect([event.callId, this.#chosen.get(event.callId)]).toEqual([event.callId, undefined]);
        this.#chosen.set(event.callId, event.agentId);
        break;
      case 'AgentRefused':
      case 'AgentRequested':
      case 'CallConnected':
      case 'CallAbandoned':
      case 'AttemptEnded':
        this.#chosen.delete(event.callId);
        break;
    }
  }
}

/** Whatever wakes somebody up has done so: calls end by their timers, and the campaign looks after silent ones. */
function sleepOver(world: World): void {
  for (let left = 3000; left > 0; left -= 1) {
    world.settle();
    if (world.skipToTimer()) continue;
    world.nowMs += leaseMs;
    world.tell('campaign/c', { type: 'CheckAttempts' });
    if (!world.deliver(0)) return;
  }
}

describe('however the mail arrives', () => {
  test('an agent is in one call at most, and a call is routed to one agent at once', () => {
    let connected = 0;
    const check = (mode: PacingMode, required: boolean, story: Story) => {
      const world = new World(settings(mode, required), agents, 60);
      const witness = new Witness();
      play(world, story, () => witness.look(world));
      connected += witness.connected;
    };
    fc.assert(fc.property(modes, fc.boolean(), wildSteps, check), seeded);
    // Else it would be a test of nothing.
    expect(connected).toBeGreaterThan(100);
  });

  test('no agent stays reserved, and no call stays, once all mail and all timers have arrived', () => {
    const check = (mode: PacingMode, story: Story) => {
      const world = new World(settings(mode, false), agents, 20);
      play(world, story, () => undefined);
      world.settle();
      world.tell('campaign/c', { type: 'StopCampaign', by: 'wang' });
      sleepOver(world);
      const phases = agents.map((agentId) => world.agent(agentId).phase);
      expect(phases.filter((phase) => ['reserved', 'talking', 'holding', 'previewing'].includes(phase))).toEqual([]);
      // A call that never was may have been asked to let go of somebody.
      const lasting = world.calls.filter(([, { phase }]) => phase !== 'ended' && phase !== 'new');
      expect(lasting.map(([callId, { phase }]) => [callId, phase])).toEqual([]);
    };
    fc.assert(fc.property(modes, wildSteps, check), seeded);
  });
});
