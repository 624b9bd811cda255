import { beforeEach, describe, expect, test } from '@jest/globals';
import { RetryableError } from '#ports/errors.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import type { AgentCommand } from '#proto/generated/agent.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { FakeTelephony } from '#test/fakes/fake-telephony.ts';
import { createPhones, type Phones } from './phones.ts';

const legId = 'agent:ann:1';
const uri = 'sip:ann@127.0.0.1:5090';
const far: RtpEndpoint = { address: '192.0.2.9', port: 4_000, codecs: ['PCMU'], direction: 'sendrecv' };

let media: FakeMedia;
let network: FakeTelephony;
let phones: Phones;
let told: AgentCommand[];

beforeEach(() => {
  [media, network, told] = [new FakeMedia(), new FakeTelephony(), []];
  phones = createPhones({ telephony: network, media, nodeId: 'n' });
});
const dial = () => phones.dial(legId, uri, (command) => told.push(command));
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("an agent's phone", () => {
  test('is rung once, and held from its answer until it hangs up', async () => {
    await dial();
    await dial();
    expect(network.phones).toMatchObject([{ callId: legId, uri, media: media.legs.get(legId)?.side }]);
    network.happens(legId, { type: 'answered', sipStatus: 200, media: far });
    await settle();
    expect([phones.holds(legId), media.legs.get(legId)?.remote]).toEqual([true, far]);
    network.happens(legId, { type: 'hung-up', by: 'callee', reason: '' });
    await settle();
    expect(told).toEqual([
      { type: 'ReportPhoneAnswer', legId, nodeId: 'n' },
      { type: 'ReportPhoneGone', legId, reason: 'the phone hung up' },
    ]);
    expect([phones.holds(legId), [...media.legs.keys()]]).toEqual([false, []]);
  });

  test('that could not be rung is told of and given up: nobody tries behind the back of its agent', async () => {
    phones = createPhones({ telephony: network, media: new FakeMedia({ legs: 0 }), nodeId: 'n' });
    await dial();
    expect(told).toEqual([{ type: 'ReportPhoneGone', legId, reason: 'the phone could not be dialed' }]);
    expect([phones.holds(legId), network.phones]).toEqual([false, []]);
  });

  test('fails in a way that nobody foresaw: the agent hears of it, and so does the supervisor', async () => {
    network.dial = () => Promise.reject(new TypeError('a bug'));
    await expect(dial()).rejects.toThrow('a bug');
    expect([told.map(({ type }) => type), [...media.legs.keys()]]).toEqual([['ReportPhoneGone'], []]);
  });

  test('is not rung for a shift that ended while its media was opened', async () => {
    const opening = Promise.withResolvers<void>();
    const open = media.open.bind(media);
    media.open = async (...all) => {
      await opening.promise;
      return open(...all);
    };
    const dialing = dial();
    await phones.drop(legId);
    opening.resolve();
    await dialing;
    expect([network.phones, told, [...media.legs.keys()]]).toEqual([[], [], []]);
  });

  test('is not told of twice where the shift ended while its media failed', async () => {
    const opening = Promise.withResolvers<RtpEndpoint>();
    media.open = () => opening.promise;
    const dialing = dial();
    await phones.drop(legId);
    opening.reject(new RetryableError('PORTS_EXHAUSTED', 'All legs are open: place fewer calls at once.'));
    await dialing;
    expect(told).toEqual([]);
  });
});
