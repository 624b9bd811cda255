import { describe, expect, test } from '@jest/globals';
import { readWav, wavHeader } from './wav.ts';

interface Shape {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly subFormat?: number;
  readonly size?: number;
}

function wav(data: Buffer, { tag = 1, channels = 1, rate = 8_000, bits = 16, subFormat, size }: Shape = {}): Buffer {
  const format = Buffer.alloc(subFormat === undefined ? 16 : 40);
  format.writeUInt16LE(tag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt16LE(bits, 14);
  if (subFormat !== undefined) format.writeUInt16LE(subFormat, 24);
  const chunk = (name: string, body: Buffer, claimed = body.length) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(claimed, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
  };
  return Buffer.concat([
    Buffer.from('RIFF????WAVE'),
    chunk('LIST', Buffer.from('odd')),
    chunk('fmt ', format),
    chunk('data', data, size),
  ]);
}

const pcm = (...samples: number[]) => Buffer.from(Int16Array.from(samples).buffer);

describe('is read', () => {
  test('PCM 16 bit, mono, past chunks that say nothing', () => {
    expect(readWav(wav(pcm(1, -2, 32_767)))).toEqual({
      sampleRate: 8_000,
      samples: Int16Array.of(1, -2, 32_767),
    });
  });

  test('stereo, mixed to its middle', () => {
    expect(readWav(wav(pcm(100, 300, -32_768, -32_768), { channels: 2, rate: 16_000 }))).toEqual({
      sampleRate: 16_000,
      samples: Int16Array.of(200, -32_768),
    });
  });

  test.each([
    ['µ-law', 7, 0x80, 32_124],
    ['A-law', 6, 0xaa, 32_256],
  ])('%s', (_, tag, byte, sample) => {
    expect(readWav(wav(Buffer.of(byte), { tag, bits: 8 }))).toMatchObject({ samples: Int16Array.of(sample) });
  });

  test('the extensible format by its sub-format', () => {
    expect(readWav(wav(pcm(5), { tag: 0xfffe, subFormat: 1 }))).toMatchObject({ samples: Int16Array.of(5) });
  });

  test('a file whose writer could not seek back to its size', () => {
    expect(readWav(wav(pcm(5, 6), { size: 0xffff_ffff }))).toMatchObject({ samples: Int16Array.of(5, 6) });
  });

  test('what we write ourselves', () => {
    expect(readWav(Buffer.concat([wavHeader(2, 4), pcm(7, 9)]))).toMatchObject({ samples: Int16Array.of(8) });
  });
});

describe('is refused with what is wrong', () => {
  test.each([
    ['is no WAV file', Buffer.from('ID3 this is an MP3')],
    ['has no format chunk', Buffer.from('RIFF????WAVEdata\x00\x00\x00\x00')],
    ['has no data chunk', wav(pcm(1)).subarray(0, 48)],
    ['has no audio in it', wav(pcm())],
    ['is cut short, 4 of 1000 bytes of audio are there', wav(pcm(1, 2), { size: 1_000 })],
    ['is coded in format 85, which is neither PCM nor G.711', wav(pcm(1), { tag: 85 })],
    ['has 6 channels', wav(pcm(1), { channels: 6 })],
    ['has 44100 samples a second', wav(pcm(1), { rate: 44_100 })],
    ['has 24 bits a sample', wav(pcm(1), { bits: 24 })],
  ])('%s', (fault, file) => {
    expect(readWav(file)).toEqual({ fault });
  });

  test('whatever is cut off, nothing is thrown', () => {
    const whole = wav(pcm(1, 2, 3), { tag: 0xfffe, subFormat: 1 });
    for (let length = 0; length < whole.length; length++) {
      expect(readWav(whole.subarray(0, length))).toEqual({ fault: expect.any(String) });
    }
  });
});
