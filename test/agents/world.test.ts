/** Whatever the order in which things happen and mail arrives: the promises of a campaign with agents hold. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CampaignEvent, PacingMode } from '#proto/generated/campaign.ts';
import { agents, maxAbandonRate, maxCalls, modes, play, type Story, seeded, settings, steps } from './stories.ts';
import { World } from './world.ts';

const livePhases = new Set(['dialing', 'ringing', 'talking', 'closing']);

/** The legs of agents' phones that calls have, or are bringing in. */
function legsInUse(world: World): readonly string[] {
  return world.calls.flatMap(([, { phase, hangup, side }]) => {
    if (phase !== 'talking' || hangup) return [];
    return [side?.agent, side?.consulted].flatMap((on) => (on ? [on.legId] : []));
  });
}

describe('whatever the order of events', () => {
  test('lines never exceed their maximum', () => {
    const check = (mode: PacingMode, required: boolean, story: Story) => {
      const world = new World(settings(mode, required), agents, 60);
      play(world, story, () => {
        expect(world.calls.filter(([, { phase }]) => livePhases.has(phase)).length).toBeLessThanOrEqual(maxCalls);
      });
    };
    fc.assert(fc.property(modes, fc.boolean(), steps, check), seeded);
  });

  test('an agent is never in two calls, and no two calls have one phone', () => {
    const check = (mode: PacingMode, required: boolean, story: Story) => {
      const world = new World(settings(mode, required), agents, 60);
      play(world, story, () => {
        const legs = legsInUse(world);
        expect(new Set(legs).size).toBe(legs.length);
      });
    };
    fc.assert(fc.property(modes, fc.boolean(), steps, check), seeded);
  });

  test('over the limit of abandoned calls nobody dials more than a line for each ready agent', () => {
    let abandoned = 0;
    const check = (mode: PacingMode, story: Story) => {
      const world = new World(settings(mode, false), agents, 60);
      let seen = 0;
      let answers = 0;
      let abandons = 0;
      play(world, story, () => {
        for (const { ref, event } of world.journal.slice(seen)) {
          if (ref !== 'campaign/c') continue;
          const said = event as CampaignEvent;
          if (said.type === 'AgentRequested' && said.wait === 1) answers += 1;
          if (said.type === 'CallAbandoned') abandons += 1;
          if (said.type !== 'LeadsRequested' || abandons === 0 || abandons <= maxAbandonRate * answers) continue;
          const amount = (name: string) => said.reasons?.given.find((each) => each.name === name)?.amount ?? 0;
          expect(said.count + amount('open')).toBeLessThanOrEqual(amount('ready'));
        }
        seen = world.journal.length;
      });
      abandoned += abandons;
    };
    fc.assert(fc.property(fc.constantFrom<PacingMode>('power', 'adaptive', 'predictive'), steps, check), seeded);
    // Else it would be a test of nothing.
    expect(abandoned).toBeGreaterThan(0);
  });

  test('agents know what their calls know, once all mail has arrived', () => {
    const seen = { holding: 0, talking: 0, transferring: 0 };
    const check = (mode: PacingMode, story: Story) => {
      const world = new World(settings(mode, false), agents, 60);
      play(world, story, () => undefined);
      world.settle();
      const sides = new Map(world.calls.map(([callId, { side }]) => [callId, side]));
      for (const agentId of agents) {
        const { phase, call } = world.agent(agentId);
        if ((phase !== 'talking' && phase !== 'holding') || !call || call.consult) continue;
        seen[phase] += 1;
        if (call.transferring) seen.transferring += 1;
        const { agent, held, handOver } = sides.get(call.callId) ?? {};
        const isAsking = handOver?.warm === true;
        expect([agent?.agentId, phase === 'holding', call.transferring]).toEqual([
          ...[agentId, isAsking ? phase === 'holding' : held],
          isAsking,
        ]);
      }
    };
    fc.assert(fc.property(modes, steps, check), seeded);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  test('everybody is free again once all calls are over and all mail has arrived', () => {
    let connected = 0;
    const check = (mode: PacingMode, story: Story) => {
      const world = new World(settings(mode, false), agents, 60);
      play(world, story, () => undefined);
      world.settle();
      connected += world.journal.filter(
        ({ ref, event }) => ref.startsWith('call/') && event.type === 'AgentConnected',
      ).length;
      world.tell('campaign/c', { type: 'StopCampaign', by: 'wang' });
      for (let round = 0; round < 200; round += 1) {
        for (const act of ['callee-hangs-up', 'busy', 'time'] as const) world.act(act, round);
        world.settle();
      }
      expect(world.campaign.phase).toBe('ended');
      const free = ['ready', 'break', 'offline', 'signing-in', 'wrapping'];
      expect(agents.map((agentId) => world.agent(agentId).phase).filter((phase) => !free.includes(phase))).toEqual([]);
    };
    fc.assert(fc.property(modes, steps, check), seeded);
    expect(connected).toBeGreaterThan(100);
  });
});
