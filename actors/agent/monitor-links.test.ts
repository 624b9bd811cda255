/** Who changes their mind while a leg is being opened leaves none behind. */
import { beforeEach, expect, test } from '@jest/globals';
import type { AgentCommand } from '#proto/generated/agent.ts';
import { SlowMedia } from '#test/fakes/slow-media.ts';
import { createMonitorLinks, type MonitorLinks } from './monitor-links.ts';

const side = { address: '192.0.2.7', port: 4000, codecs: ['PCMU'] };
const linkId = 'attend:agent:boss:1:5';
let media: SlowMedia;
let links: MonitorLinks;
let asked: AgentCommand[];
const context = {
  actorId: 'ann',
  tellSelf: () => undefined,
  ask: (async (_protocol: unknown, _id: string, command: AgentCommand) => {
    asked.push(command);
    return { ok: true };
  }) as never,
};

beforeEach(() => {
  media = new SlowMedia();
  links = createMonitorLinks(media, () => true);
  asked = [];
});

test('a supervisor who attends nobody any more', async () => {
  const begun = links.begin({ agentId: 'bob', linkId, mode: 'listen' }, context);
  await links.end('ann');
  media.openAll();
  expect([await begun, asked, [...media.legs.keys()]]).toEqual([undefined, [], []]);
});

test('an agent whom the supervisor has left', async () => {
  const wanted = { supervisorId: 'boss', linkId, mode: 'listen', side, legId: 'agent:ann:1' } as const;
  const begun = links.attend(wanted, context);
  await links.leave('ann', 'boss');
  media.openAll();
  expect([await begun, asked, [...media.legs.keys()]]).toEqual([undefined, [], []]);
});
