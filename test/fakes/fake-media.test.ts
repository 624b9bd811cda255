import { mediaContract } from '#ports/media.contract.ts';
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
