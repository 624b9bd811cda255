import { beforeEach, describe, expect, test } from '@jest/globals';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import type { Person } from '#ports/vault.ts';
import type { CallCommand } from '#proto/generated/call.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { FakeTelephony } from '#test/fakes/fake-telephony.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { createLines, type Lines } from './line.ts';

const plan = { prompt: '', gatherDigits: 1, gatherTimeoutMs: 1, ringTimeoutMs: 9000, maxTalkMs: 1, record: false };
const request = { campaignId: 'c', row: 1, contactId: 'p-1', mask: '', trunkId: 't', plan };
const person: Person = { number: '+12025550101', name: '', attributes: {} };
const remote: RtpEndpoint = { address: '127.0.0.1', port: 4000, codecs: ['PCMU'], direction: 'sendrecv' };

let media: FakeMedia;
let lines: Lines;
let told: CallCommand[];
let readings: { give(person: Person): void; refuse(error: unknown): void }[];
let network: FakeTelephony;
let ageMs: number;
let clock: ManualClock;

beforeEach(async () => {
  [told, readings] = [[], []];
  ageMs = 20;
  network = new FakeTelephony();
  await network.configureTrunk({ trunkId: 't', uri: 'sip:127.0.0.1:9' });
  media = new FakeMedia();
  clock = new ManualClock();
  lines = createLines({
    media,
    vault: { read: () => new Promise((give, refuse) => readings.push({ give, refuse })) },
    telephony: network,
    clock,
    dataFolder: '/nowhere',
  });
});
const dial = (more = {}) =>
  lines.dial(
    'c.1.1',
    { ...request, plan: { ...plan, ...more } },
    (command) => told.push(command),
    () => ageMs,
  );
const dialNow = async (more = {}) => {
  const dialing = dial(more);
  readings[0]?.give(person);
  await dialing;
};

describe('a line', () => {
  test('opens its media, reads the number, dials once', async () => {
    await dialNow();
    await dial();
    expect(network.dialed).toEqual([
      expect.objectContaining({ callId: 'c.1.1', trunkId: 't', number: person.number, ringTimeoutMs: 9000 }),
    ]);
    expect(lines.holds('c.1.1')).toBe(true);
    expect(told).toEqual([]);
  });

  test('that is to end while the number is being read never dials', async () => {
    const dialing = dial();
    await lines.hangUp('c.1.1');
    readings[0]?.give(person);
    await dialing;
    expect([network.dialed, network.hungUp]).toEqual([[], []]);
    expect(told).toEqual([
      { type: 'ReportFailure', outcome: 'canceled', sipStatus: 0, reason: 'ended before it was dialed' },
    ]);
  });

  test('that was let go of while the number was being read never dials, and leaves no leg behind', async () => {
    const dialing = dial();
    await lines.hangUp('c.1.1');
    await lines.close('c.1.1');
    readings[0]?.give(person);
    await dialing;
    expect([network.dialed, told, media.legs.size]).toEqual([[], [], 0]);
  });

  test('of a node that stood still before it dialed never dials: others may hold the call for lost', async () => {
    const dialing = dial();
    ageMs = 5001;
    readings[0]?.give(person);
    await dialing;
    expect(network.dialed).toEqual([]);
    expect(told).toEqual([
      { type: 'ReportFailure', outcome: 'failed', sipStatus: 0, reason: 'the node stood still before it dialed' },
    ]);
  });

  test('that is to end after it was dialed tells the network', async () => {
    await dialNow();
    await lines.hangUp('c.1.1');
    expect(network.hungUp).toEqual(['c.1.1']);
  });

  test('whose number cannot be read fails with the code, and never dials', async () => {
    const dialing = dial();
    readings[0]?.refuse(new FatalError('VAULT_CONTACT_UNKNOWN', 'There is no contact p-1.'));
    await dialing;
    expect(network.dialed).toEqual([]);
    expect(told).toEqual([{ type: 'ReportFailure', outcome: 'failed', sipStatus: 0, reason: 'VAULT_CONTACT_UNKNOWN' }]);
  });

  describe('whose number cannot be read now', () => {
    const away = () => readings.at(-1)?.refuse(new RetryableError('JOURNAL_UNAVAILABLE', 'The contact is away.'));

    test('reads it again, and dials once', async () => {
      const dialing = dial();
      away();
      await clock.advance(100);
      away();
      await clock.advance(200);
      readings.at(-1)?.give(person);
      await dialing;
      expect([readings.length, network.dialed.length, told]).toEqual([3, 1, []]);
    });

    test('fails once it is too old to be dialed, and says that nothing was', async () => {
      const dialing = dial();
      ageMs = 4950;
      away();
      await dialing;
      const reason = 'the number could not be read and nothing was dialed (JOURNAL_UNAVAILABLE)';
      expect([network.dialed, told]).toEqual([
        [],
        [{ type: 'ReportFailure', outcome: 'failed', sipStatus: 0, reason }],
      ]);
    });

    test('is canceled where somebody ends it meanwhile', async () => {
      const dialing = dial();
      await lines.hangUp('c.1.1');
      away();
      await dialing;
      expect([readings.length, told]).toEqual([
        1,
        [{ type: 'ReportFailure', outcome: 'canceled', sipStatus: 0, reason: 'ended before it was dialed' }],
      ]);
    });

    test('says nothing where it was let go of meanwhile', async () => {
      const dialing = dial();
      away();
      await clock.advance(50);
      await lines.close('c.1.1');
      await clock.advance(50);
      away();
      await dialing;
      expect([network.dialed, told]).toEqual([[], []]);
    });
  });

  describe('that gets no ports now', () => {
    const exhausted = new RetryableError('PORTS_EXHAUSTED', 'All ports are taken.');
    let failures: Error[];
    beforeEach(() => {
      failures = [exhausted];
      const open = media.open.bind(media);
      media.open = async (...leg) => {
        const failure = failures.shift();
        if (failure) throw failure;
        return open(...leg);
      };
    });

    test('asks again, and dials once', async () => {
      const dialing = dialNow();
      await clock.settle();
      expect(network.dialed).toEqual([]);
      await clock.advance(100);
      await dialing;
      expect([network.dialed.length, media.legs.size, told]).toEqual([1, 1, []]);
    });

    test('fails with the code once it is too old to be dialed', async () => {
      ageMs = 4950;
      await dialNow();
      expect([network.dialed, told]).toEqual([
        [],
        [{ type: 'ReportFailure', outcome: 'failed', sipStatus: 0, reason: 'PORTS_EXHAUSTED' }],
      ]);
    });
  });

  test('tells what the network says in the order in which it said it', async () => {
    await dialNow();
    network.happens('c.1.1', { type: 'ringing', sipStatus: 180 });
    network.happens('c.1.1', { type: 'answered', sipStatus: 200, media: remote });
    network.happens('c.1.1', { type: 'hung-up', by: 'callee', reason: 'hung up' });
    await untilTold(3);
    expect(told).toEqual([
      { type: 'ReportRinging', sipStatus: 180 },
      { type: 'ReportAnswer', sipStatus: 200 },
      { type: 'ReportHangup', by: 'callee', reason: 'hung up' },
    ]);
  });

  test('whose far side has vanished tells it, each time', async () => {
    await dialNow({ silenceTimeoutMs: 20_000 });
    expect(media.legs.get('c.1.1')?.options).toEqual({ silenceMs: 20_000 });
    media.push('c.1.1', { type: 'silence', silentMs: 20_010 });
    expect(told).toEqual([{ type: 'ReportSilence', silentMs: 20_010 }]);
  });

  test('tells what the far side heard of us', async () => {
    await dialNow();
    const remote = { remoteFractionLost: 0.25, remoteJitterMs: 3, roundTripMs: 80 };
    media.reports.set('c.1.1', {
      ...{ packetsSent: 9, packetsReceived: 8, packetsLost: 1, jitterMs: 2, recordedMs: 0 },
      ...remote,
    });
    expect(await lines.close('c.1.1')).toMatchObject(remote);
  });

  test('is held until its media is closed', async () => {
    await dialNow();
    expect(await lines.close('c.1.1')).toMatchObject({ packetsSent: 0, recording: '' });
    expect(lines.holds('c.1.1')).toBe(false);
    await lines.hangUp('c.1.1');
    expect(network.hungUp).toEqual([]);
  });
});

async function untilTold(count: number): Promise<void> {
  while (told.length < count) await new Promise(setImmediate);
}
