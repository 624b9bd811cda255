/** What every media plane must do, whatever it is made of: each adapter runs this suite. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import type { Media, RtpEndpoint } from './media.ts';

/** A media plane under test, with a far side that the suite can move. */
export interface MediaBench {
  readonly media: Media;
  /** Path of a prompt of less than a second. */
  readonly prompt: string;
  /** Path of a prompt of several seconds. */
  readonly longPrompt: string;
  /** Path of something that is no prompt. */
  readonly noPrompt: string;
  /** Path at which a recording may be written. */
  readonly recording: string;
  /** A far side for a leg of ours; it sends and listens. */
  answer(legId: string, side: RtpEndpoint): Promise<RtpEndpoint>;
  /** The far side of a leg presses a key. */
  press(legId: string, digit: string): Promise<void>;
  /** Lets a prompt in progress come to its end, where it does not by itself. */
  endPrompt(legId: string): void;
  /** Frees all that the bench holds but `media`. */
  stop(): Promise<void>;
}

/** Runs the suite; `create` makes a plane that has room for this many legs. */
export function mediaContract(name: string, create: (legs: number) => Promise<MediaBench>): void {
  describe(`the media port of ${name}`, () => {
    let bench: MediaBench;
    let heard: HeardMedia;

    beforeEach(async () => {
      bench = await create(2);
      heard = new HeardMedia();
    });
    afterEach(async () => {
      await bench.media.shutdown();
      await bench.stop();
    });

    async function connected(recording?: string): Promise<void> {
      const side = await bench.media.open('a', recording === undefined ? {} : { recording }, heard.listener);
      await bench.media.connect('a', await bench.answer('a', side));
    }

    test('a leg offers G.711 and telephone-events at an even port', async () => {
      const side = await bench.media.open('a', {}, heard.listener);
      expect(side.codecs).toEqual(expect.arrayContaining(['PCMU', 'PCMA']));
      expect(side.port % 2).toBe(0);
      expect(side.direction).toBe('sendrecv');
      expect(side.dtmfPayloadType).toBeGreaterThanOrEqual(96);
      expect(side.dtmfPayloadType).toBeLessThanOrEqual(127);
    });

    test('a leg opened twice is one leg, and its newest listener hears it', async () => {
      const side = await bench.media.open('a', {}, () => {
        throw new Error('the old listener heard something');
      });
      expect(await bench.media.open('a', {}, heard.listener)).toEqual(side);
      await bench.media.connect('a', await bench.answer('a', side));
      await bench.press('a', '5');
      expect(await heard.next('digit')).toMatchObject({ digit: '5' });
    });

    test('legs have ports of their own, and no more than there are', async () => {
      const first = await bench.media.open('a', {}, heard.listener);
      const second = await bench.media.open('b', {}, heard.listener);
      expect(second.port).not.toBe(first.port);
      await expect(bench.media.open('c', {}, heard.listener)).rejects.toMatchObject({ code: 'PORTS_EXHAUSTED' });
      await bench.media.close('a');
      await expect(bench.media.open('c', {}, heard.listener)).resolves.toMatchObject({ direction: 'sendrecv' });
    });

    test('a prompt is played to its end', async () => {
      await connected();
      await bench.media.play('a', 'hello', bench.prompt);
      bench.endPrompt('a');
      expect(await heard.next('prompt-ended')).toEqual({ type: 'prompt-ended', playId: 'hello', completed: true });
    });

    test('a prompt is stopped, once', async () => {
      await connected();
      await bench.media.play('a', 'hello', bench.longPrompt);
      await bench.media.stopPlaying('a');
      await bench.media.stopPlaying('a');
      expect(await heard.next('prompt-ended')).toEqual({ type: 'prompt-ended', playId: 'hello', completed: false });
      await bench.media.close('a');
      expect(heard.events).toHaveLength(1);
    });

    test('a prompt is stopped by the next one, and that by the end of the leg', async () => {
      await connected();
      await bench.media.play('a', 'one', bench.longPrompt);
      await bench.media.play('a', 'two', bench.longPrompt);
      await bench.media.close('a');
      expect(heard.events).toEqual([
        { type: 'prompt-ended', playId: 'one', completed: false },
        { type: 'prompt-ended', playId: 'two', completed: false },
      ]);
    });

    test('a prompt stopped while it is still being read does not begin to play later', async () => {
      await connected();
      await Promise.all([bench.media.play('a', 'hello', bench.longPrompt), bench.media.stopPlaying('a')]);
      expect(await heard.next('prompt-ended')).toMatchObject({ playId: 'hello', completed: false });
    });

    test('a file that is no prompt is refused, and the leg lives on', async () => {
      await connected();
      const refused = bench.media.play('a', 'hello', bench.noPrompt);
      await expect(refused).rejects.toMatchObject({ code: 'PROMPT_UNREADABLE' });
      await bench.media.play('a', 'again', bench.prompt);
      bench.endPrompt('a');
      expect(await heard.next('prompt-ended')).toMatchObject({ playId: 'again', completed: true });
    });

    test('keys are heard once each and in order', async () => {
      await connected();
      for (const digit of ['1', '1', '#']) await bench.press('a', digit);
      for (const digit of ['1', '1', '#']) {
        const event = await heard.next('digit');
        expect(event).toMatchObject({ digit });
        expect(event.durationMs).toBeGreaterThan(0);
      }
    });

    test('keys are sent, but none that no telephone has', async () => {
      await connected();
      await bench.media.sendDigits('a', '12*');
      await expect(bench.media.sendDigits('a', '1x')).rejects.toMatchObject({ code: 'DIGITS_UNSENDABLE' });
    });

    test('keys are not sent to a far side that takes none', async () => {
      const side = await bench.media.open('a', {}, heard.listener);
      const { dtmfPayloadType: _, ...deaf } = await bench.answer('a', side);
      await bench.media.connect('a', deaf);
      await expect(bench.media.sendDigits('a', '1')).rejects.toMatchObject({ code: 'DIGITS_UNSENDABLE' });
    });

    test('a recording is reported, its folder made', async () => {
      await connected(bench.recording);
      expect(await bench.media.close('a')).toMatchObject({ recording: bench.recording });
    });

    test('a leg that was never connected has no recording', async () => {
      await bench.media.open('a', { recording: bench.recording }, heard.listener);
      expect((await bench.media.close('a')).recording).toBeUndefined();
    });

    test('a leg closed twice at once is closed once; later it is unknown and its report empty', async () => {
      await connected(bench.recording);
      const [report, same] = await Promise.all([bench.media.close('a'), bench.media.close('a')]);
      expect([report.packetsSent, same.packetsSent]).toEqual([report.packetsSent, report.packetsSent]);
      expect(await bench.media.close('a')).toEqual({
        packetsSent: 0,
        packetsReceived: 0,
        packetsLost: 0,
        jitterMs: 0,
        recordedMs: 0,
      });
    });

    test('two legs are brought together and parted, held, muted and attended, and one lives on without the other', async () => {
      await connected();
      const side = await bench.media.open('b', {}, () => undefined);
      await bench.media.connect('b', await bench.answer('b', side));
      await bench.media.bridge('a', 'b');
      await bench.media.hold('a', bench.prompt);
      await bench.media.retrieve('a');
      await bench.media.mute('b', true);
      await bench.media.monitor('a', 'b', 'whisper');
      await bench.media.unbridge('a');
      await bench.media.bridge('a', 'b');
      await bench.media.close('b');
      await bench.press('a', '5');
      expect(await heard.next('digit')).toMatchObject({ digit: '5' });
      // Music that is held or stopped is no prompt: nobody hears of its end.
      expect(heard.events.filter(({ type }) => type === 'prompt-ended')).toEqual([]);
    });

    test('music that is no music is refused, and the leg is not held', async () => {
      await connected();
      await expect(bench.media.hold('a', bench.noPrompt)).rejects.toMatchObject({ code: 'PROMPT_UNREADABLE' });
    });

    test('of a leg that is not open nothing is done', async () => {
      const far = { address: '192.0.2.9', port: 4_000, codecs: ['PCMU'], direction: 'sendrecv' } as const;
      await bench.media.connect('nobody', far);
      await bench.media.play('nobody', 'hello', bench.prompt);
      await bench.media.stopPlaying('nobody');
      await bench.media.sendDigits('nobody', '1');
      await bench.media.bridge('nobody', 'no-one');
      await bench.media.unbridge('nobody');
      await bench.media.hold('nobody', bench.prompt);
      await bench.media.retrieve('nobody');
      await bench.media.mute('nobody', true);
      await bench.media.monitor('nobody', 'no-one', 'join');
      expect(await bench.media.close('nobody')).toMatchObject({ packetsSent: 0 });
    });

    test('a shutdown closes what is open', async () => {
      await connected();
      await bench.media.play('a', 'hello', bench.longPrompt);
      await bench.media.shutdown();
      expect(heard.events).toEqual([{ type: 'prompt-ended', playId: 'hello', completed: false }]);
    });
  });
}
