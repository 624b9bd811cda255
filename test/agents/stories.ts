/** Made-up shifts: what agents, callees and the network do, in whatever order, and how their mail arrives. */
import fc from 'fast-check';
import type { AgentWork, CampaignSettings, PacingMode } from '#proto/generated/campaign.ts';
import { anyLaw } from '#test/any-law.ts';
import type { Act, World } from './world.ts';

export const agents = ['ann', 'bob', 'cid'];
export const maxCalls = 4;
export const leaseMs = 60_000;
export const maxAbandonRate = 0.03;
const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: false },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9' },
};
export const settings = (mode: PacingMode, required: boolean): CampaignSettings => {
  const wrapUp = { dispositions: ['sale'], required, longestMs: 5000, defaultDisposition: '' };
  const agentWork: AgentWork = {
    ...{ mode, powerRatio: 3, maxAbandonRate, skills: [], language: '', sticky: true },
    ...{ previewMs: 3000, previewDials: true, wrapUp },
  };
  return { trunkId: 't', plan, maxCalls, callsPerSecond: 100, leaseMs, law: anyLaw, agents: agentWork };
};

const often: Act[] = ['pace', 'pace', 'answer', 'answer', 'phone-answers', 'sign-in', 'ready', 'time', 'time'];
const seldom: Act[] = [
  ...(['busy', 'callee-hangs-up', 'phone-is-lost', 'break', 'agent-hangs-up', 'hold', 'hand-over'] as const),
  ...(['consult', 'hand-out', 'finish', 'cancel', 'dispose', 'accept', 'skip', 'click'] as const),
];
type Step = { readonly act: Act; readonly pick: number } | { readonly deliver: number; readonly how: How };
/** A mail arrives. */
type How = 'in turn' | 'twice' | 'overtakes';
/** What happens, one after the other. */
export type Story = readonly Step[];

const acting = (acts: readonly Act[]) => fc.record({ act: fc.constantFrom(...acts), pick: fc.nat(1000) });
const storyOf = (...how: readonly How[]): fc.Arbitrary<Story> => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ deliver: fc.nat(20), how: fc.constantFrom(...how) }) },
    { weight: 3, arbitrary: acting(often) },
    { weight: 2, arbitrary: acting(seldom) },
  );
  return fc.array(step, { minLength: 50, maxLength: 400, size: 'max' });
};
/** As the runtime has it: one actor's words to another keep their order, and each arrives once. */
export const steps = storyOf('in turn');
/** Worse than that: some arrive once more, or before what was said sooner. */
export const wildSteps = storyOf('in turn', 'in turn', 'twice', 'overtakes');
export const modes = fc.constantFrom<PacingMode>('progressive', 'preview', 'manual', 'power', 'adaptive', 'predictive');
/** The same cases in every run: a test that fails now and then helps nobody. */
export const seeded = { seed: 20_261_126, numRuns: 150 };

export function play(world: World, story: Story, after: () => void): void {
  // A shift that has begun, so that stories get somewhere.
  for (const [index] of agents.entries()) {
    world.act('sign-in', index);
    world.act('phone-answers', index);
  }
  world.settle();
  for (const each of story) {
    if ('deliver' in each) world.deliver(each.deliver, each.how);
    else world.act(each.act, each.pick);
    after();
  }
}
