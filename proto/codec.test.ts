import { describe, expect, test } from '@jest/globals';
import { type CallEvent, callEvent, callReply } from './generated/call.ts';
import { type CampaignEvent, campaignCommand, campaignEvent } from './generated/campaign.ts';
import { answer, deadLetter, envelope } from './generated/envelope.ts';
import { trunkReply } from './generated/trunk.ts';

const bytes = (...values: number[]) => Buffer.from(values);

describe('a codec', () => {
  test('takes a union by its type, with nested messages and words for enums', () => {
    const event: CallEvent = {
      type: 'CallEnded',
      outcome: 'no-answer',
      sipStatus: 480,
      reason: 'Temporarily Unavailable',
      ringMs: 30_000,
      talkMs: 0,
      digits: '',
      atMs: 1_750_000_000_123,
      media: {
        packetsSent: 1,
        packetsReceived: 2,
        packetsLost: -3,
        jitterMs: 0.5,
        recording: 'recordings/1.wav',
        recordedMs: 20,
      },
    };
    expect(callEvent.decode(callEvent.encode(event))).toEqual(event);
  });

  test('takes lists of messages', () => {
    const event: CampaignEvent = {
      type: 'AttemptsStarted',
      claimId: 'claim-1',
      atMs: 5,
      attempts: [
        { callId: 'c-1', lead: { row: 1, contactId: 'k-1', mask: '+86 138 **** 1234', attempt: 1 } },
        { callId: 'c-2', lead: { row: 2, contactId: 'k-2', mask: '', attempt: 2 } },
      ],
    };
    expect(campaignEvent.decode(campaignEvent.encode(event))).toEqual(event);
  });

  test('fills in the defaults of what the bytes leave out, and leaves out what is optional', () => {
    expect(campaignCommand.decode(bytes(0x0a, 0x00))).toEqual({
      type: 'ConfigureCampaign',
      settings: {
        trunkId: '',
        plan: { prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 0, maxTalkMs: 0, record: false },
        maxCalls: 0,
        callsPerSecond: 0,
        leaseMs: 0,
      },
    });
    expect(trunkReply.decode(bytes(0x12, 0x00))).toEqual({
      type: 'TrunkDescribed',
      uri: '',
      maxChannels: 0,
      callsPerSecond: 0,
      channelsInUse: 0,
      roundTripMs: 0,
    });
    const empty = envelope.decode(bytes());
    expect(empty.command).toBeInstanceOf(Uint8Array);
    expect(empty.command).toHaveLength(0);
    expect(answer.decode(bytes())).toEqual({ version: 0 });
  });

  test('keeps bytes and times as they are', () => {
    const letter = {
      envelope: {
        protocol: 1,
        commandId: 'c-1',
        toKind: 'call',
        toId: 'a',
        sender: 'campaign/1',
        correlationId: 'c-0',
        causationId: 'campaign/1@3',
        sentAtMs: 2 ** 53 - 1,
        command: bytes(0, 255, 128),
        acceptance: false,
        hops: 0,
        anchored: false,
      },
      code: 'ACTOR_CRASHED',
      message: 'It crashed: é 电话 🙂',
      atMs: 1,
      attempts: 3,
    };
    expect(deadLetter.decode(deadLetter.encode(letter))).toEqual(letter);
  });

  test('reads an enum value from the future as the unspecified one', () => {
    // CallDescribed { outcome = 99 }
    expect(callReply.decode(bytes(0x0a, 0x02, 0x28, 99))).toMatchObject({ outcome: 'unspecified' });
  });

  test('leaves aside a field from the future', () => {
    // RouteTaken { trunk_id = "t", 15 = "x" }
    expect(callEvent.decode(bytes(0x12, 0x06, 0x0a, 0x01, 0x74, 0x7a, 0x01, 0x78))).toEqual({
      type: 'RouteTaken',
      trunkId: 't',
    });
  });

  test('refuses to read a union without a member that it knows', () => {
    expect(() => callEvent.decode(bytes())).toThrow(RangeError);
    // Field 2047.
    expect(() => callEvent.decode(bytes(0xfa, 0x7f, 0x00))).toThrow('CallEvent');
  });

  test('refuses to read bytes that are cut off', () => {
    const whole = callEvent.encode({ type: 'RouteTaken', trunkId: 'trunk-1' });
    expect(() => callEvent.decode(whole.subarray(0, whole.length - 3))).toThrow();
  });

  test('refuses to write a member or a word that there is not', () => {
    expect(() => callEvent.encode({ type: 'CallVanished' } as never)).toThrow('CallVanished');
    const failed = { type: 'CallFailed', outcome: 'vanished', sipStatus: 0, reason: '', atMs: 0 };
    expect(() => callEvent.encode(failed as never)).toThrow('vanished');
  });
});
