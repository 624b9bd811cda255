import { expect, test } from '@jest/globals';
import type { PlacedActivation } from '#runtime/operations/fleet.ts';
import { hangUpCampaign } from './live-calls.ts';

test('the calls of a campaign are hung up on every node, and no others', async () => {
  const phases: Record<string, string> = {
    'spring.1.1': 'talking',
    'spring.2.1': 'ringing',
    'spring.3.1': 'ended',
    'springtime.1.1': 'talking',
    'autumn.1.1': 'talking',
  };
  const actors = Object.keys(phases).map((id, index) => ({ id, node: `node-${index % 2}` }) as PlacedActivation);
  const hungUp: unknown[] = [];
  const ask = async (_protocol: unknown, id: string, command: { readonly type: string }) => {
    if (command.type === 'HangUp') hungUp.push([id, command]);
    return { ok: true, version: 1, reply: { type: 'CallDescribed', phase: phases[id] } };
  };
  const fleet = { activations: async () => ({ actors, more: false, silent: [] }) };
  await hangUpCampaign({ fleet, runtime: { ask } as never }, 'spring', 'ann');
  expect(hungUp).toEqual([
    ['spring.1.1', { type: 'HangUp', by: 'ann' }],
    ['spring.2.1', { type: 'HangUp', by: 'ann' }],
  ]);
});
