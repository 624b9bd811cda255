import { expect, test } from '@jest/globals';
import type { Team } from '#config/team.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { beginTeamShift } from './team-shift.ts';

const team = {
  agents: { ann: { phone: 'sip:ann@pbx', skills: { loans: 2 }, languages: ['en'] } },
  wrapUp: {},
} as unknown as Team;

/** Ann has worked for two campaigns, of which one is over. */
function floor(phase: string) {
  const told: Tagged[] = [];
  const phases: Record<string, string> = { spring: 'running', winter: 'ended' };
  const ask = async (_protocol: unknown, id: string, command: Tagged) => {
    told.push(command);
    const profile = { campaigns: ['winter', 'spring'] };
    return { ok: true, reply: id === 'ann' ? { phase, reason: '', profile } : { phase: phases[id] } };
  };
  return { runtime: { ask } as unknown as Pick<Runtime, 'ask'>, told };
}
const campaignsOf = (told: readonly Tagged[]) =>
  told.flatMap((each) => {
    const { profile } = each as Tagged & { readonly profile?: { readonly campaigns: readonly string[] } };
    return profile ? [profile.campaigns] : [];
  });

test('a team works for the campaign, and for others of before only where these run and are dialed too', async () => {
  const shared = floor('offline');
  await beginTeamShift(shared.runtime, team, { campaignId: 'summer', isAlone: false });
  expect(campaignsOf(shared.told)).toEqual([['spring', 'summer']]);
  const alone = floor('offline');
  await beginTeamShift(alone.runtime, team, { campaignId: 'summer', isAlone: true });
  expect(campaignsOf(alone.told)).toEqual([['summer']]);
});

test('signs in who is offline, and signs out nobody else', async () => {
  const types = (told: readonly Tagged[]) => told.map(({ type }) => type).filter((type) => /^Sign/.test(type));
  const asleep = floor('offline');
  await (await beginTeamShift(asleep.runtime, team, { campaignId: 'summer', isAlone: true })).end();
  expect(types(asleep.told)).toEqual(['SignIn', 'SignOut']);
  const there = floor('ready');
  await (await beginTeamShift(there.runtime, team, { campaignId: 'summer', isAlone: true })).end();
  expect(types(there.told)).toEqual([]);
});
