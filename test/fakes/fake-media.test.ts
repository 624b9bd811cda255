import { mediaContract } from '#ports/media.contract.ts';
import { mediaHearingContract } from '#ports/media-hearing.contract.ts';
import { FakeMedia } from './fake-media.ts';

mediaContract('FakeMedia', async (legs) => {
  const media = new FakeMedia({ legs, unreadable: ['no.wav'] });
  return {
    media,
    prompt: 'hello.wav',
    longPrompt: 'long.wav',
    noPrompt: 'no.wav',
    recording: 'call.wav',
    answer: async (_, side) => ({ ...side, port: side.port + 10_000 }),
    press: async (legId, digit) => media.press(legId, digit),
    endPrompt: (legId) => media.endPrompt(legId),
    stop: async () => undefined,
  };
});

mediaHearingContract('FakeMedia', async (legs) => {
  const media = new FakeMedia({ unreadable: ['no.wav'] });
  for (const legId of legs) {
    const side = await media.open(legId, {}, () => undefined);
    await media.connect(legId, { ...side, port: side.port + 10_000 });
  }
  return {
    media,
    music: 'music.wav',
    noMusic: 'no.wav',
    hearing: async () => {
      const of = (legId: string) => legs.filter((each) => media.heardBy(legId).includes(each)).join(' ');
      return Object.fromEntries(legs.map((legId) => [legId, of(legId)]));
    },
    stop: async () => undefined,
  };
});
