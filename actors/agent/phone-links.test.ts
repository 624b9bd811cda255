import { expect, test } from '@jest/globals';
import { SlowMedia } from '#test/fakes/slow-media.ts';
import { createPhoneLinks } from './phone-links.ts';

test('a call that is over before its leg is open leaves none behind, and is told nothing', async () => {
  const media = new SlowMedia();
  const links = createPhoneLinks(media, () => true);
  const asked: unknown[] = [];
  const ask = async (...command: unknown[]) => {
    asked.push(command);
    return { ok: true };
  };
  const side = { address: '192.0.2.7', port: 4000, codecs: ['PCMU'] };
  const wanted = { legId: 'agent:ann:1', callId: 'c.1.1', reservation: 1, linkId: 'link:c.1.1:ann:1', side };
  const made = links.make(wanted, { actorId: 'ann', ask: ask as never });
  await links.close('ann', wanted.linkId);
  media.openAll();
  await made;
  expect([asked, [...media.legs.keys()], media.done]).toEqual([[], [], []]);
});
