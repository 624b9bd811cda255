/** Who changes their mind while a leg is being opened leaves none behind. */
import { expect, test } from '@jest/globals';
import type { AgentCommand } from '#proto/generated/agent.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { createMonitorLinks } from './monitor-links.ts';

const side = { address: '192.0.2.7', port: 4000, codecs: ['PCMU'] };
const linkId = 'attend:agent:boss:1:5';

/** A media plane that opens legs when it is told to. */
function slow() {
  const media = new FakeMedia();
  const gate = Promise.withResolvers<void>();
  const open: FakeMedia['open'] = async (...leg) => {
    await gate.promise;
    return media.open(...leg);
  };
  const asked: AgentCommand[] = [];
  const context = {
    actorId: 'ann',
    tellSelf: () => undefined,
    ask: (async (_protocol: unknown, _id: string, command: AgentCommand) => {
      asked.push(command);
      return { ok: true };
    }) as never,
  };
  const ports = {
    open,
    close: (legId: string) => media.close(legId),
    connect: (...end: Parameters<FakeMedia['connect']>) => media.connect(...end),
    bridge: (one: string, other: string) => media.bridge(one, other),
    monitor: (...attended: Parameters<FakeMedia['monitor']>) => media.monitor(...attended),
  };
  return { media, gate, asked, context, links: createMonitorLinks(ports, () => true) };
}

test('a supervisor who attends nobody any more', async () => {
  const { media, gate, asked, context, links } = slow();
  const begun = links.begin({ agentId: 'bob', linkId, mode: 'listen' }, context);
  await links.end('ann');
  gate.resolve();
  expect([await begun, asked, [...media.legs.keys()]]).toEqual([undefined, [], []]);
});

test('an agent whom the supervisor has left', async () => {
  const { media, gate, asked, context, links } = slow();
  const wanted = { supervisorId: 'boss', linkId, mode: 'listen', side, legId: 'agent:ann:1' } as const;
  const begun = links.attend(wanted, context);
  await links.leave('ann', 'boss');
  gate.resolve();
  expect([await begun, asked, [...media.legs.keys()]]).toEqual([undefined, [], []]);
});
