import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RtpEndpoint } from '#ports/media.ts';
import type { Telephony, TelephonyEvent } from '#ports/telephony.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { FakeTelephony } from '#test/fakes/fake-telephony.ts';
import { withBridgedTransfers } from './bridged-transfers.ts';

const far: RtpEndpoint = { address: '192.0.2.9', port: 4_000, codecs: ['PCMU'], direction: 'sendrecv' };
const answered: TelephonyEvent = { type: 'answered', sipStatus: 200, media: far };
const target = 'sip:billing@192.0.2.7';
const leg = 'c.transfer.1';

let network: FakeTelephony;
let media: FakeMedia;
let telephony: Telephony;
let heard: string[];
let targetDoes: readonly TelephonyEvent[];

beforeEach(async () => {
  heard = [];
  targetDoes = [{ type: 'ringing', sipStatus: 180 }, answered];
  network = new FakeTelephony((callId) => {
    const happens = callId === 'c' ? [answered] : targetDoes;
    queueMicrotask(() => {
      for (const event of happens) network.happens(callId, event);
    });
  });
  network.transferFault = 'TRANSFER_REFUSED';
  media = new FakeMedia();
  telephony = withBridgedTransfers(network, media);
  await telephony.configureTrunk({ trunkId: 't', uri: 'sip:192.0.2.9' });
  const side = await media.open('c', {}, () => {});
  const request = { callId: 'c', trunkId: 't', number: '+12025550101', media: side, ringTimeoutMs: 9_000 };
  await telephony.dial(request, ({ type }) => heard.push(type));
  await Promise.resolve();
});

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a far side that follows REFER is asked, and no leg is made', async () => {
  network.transferFault = undefined;
  await telephony.transfer('c', target);
  expect([network.transfers, network.phones, heard]).toEqual([[{ callId: 'c', target }], [], ['answered', 'hung-up']]);
});

test('one that follows none is bridged with a leg to the target', async () => {
  const told: number[] = [];
  await telephony.transfer('c', target, (sipStatus) => told.push(sipStatus));
  expect(told).toEqual([180, 200]);
  expect(network.phones).toMatchObject([{ callId: leg, uri: target, media: media.legs.get(leg)?.side }]);
  expect([media.legs.get(leg)?.remote, media.heardBy('c'), heard]).toEqual([far, [leg], ['answered']]);
});

describe('a call that is bridged so', () => {
  beforeEach(() => telephony.transfer('c', target));

  test('ends when the target hangs up', async () => {
    network.happens(leg, { type: 'hung-up', by: 'callee', reason: '' });
    await settle();
    expect([heard, [...media.legs.keys()]]).toEqual([['answered', 'hung-up'], ['c']]);
  });

  test('ends the leg to the target when it ends', async () => {
    network.happens('c', { type: 'hung-up', by: 'callee', reason: '' });
    await settle();
    expect([network.hungUp, [...media.legs.keys()]]).toEqual([[leg], ['c']]);
  });

  test('ends when the media of the leg is lost', async () => {
    media.lose(leg);
    await settle();
    expect(heard).toEqual(['answered', 'hung-up']);
  });

  test('is not bridged twice', async () => {
    await expect(telephony.transfer('c', target)).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
  });

  test('follows a target that moves', () => {
    network.happens(leg, { type: 'media-changed', media: { ...far, port: 5_000 } });
    expect(media.legs.get(leg)?.remote?.port).toBe(5_000);
  });
});

test('a target that does not answer leaves the call as it was, and another may be tried', async () => {
  targetDoes = [{ type: 'failed', cause: 'busy', sipStatus: 486, reason: '' }];
  await expect(telephony.transfer('c', target)).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
  await settle();
  expect([heard, [...media.legs.keys()], media.heardBy('c')]).toEqual([['answered'], ['c'], []]);
  targetDoes = [answered];
  await telephony.transfer('c', target);
  expect(media.heardBy('c')).toEqual(['c.transfer.2']);
});

test('a target that hangs up as soon as it has answered is not bridged', async () => {
  targetDoes = [answered, { type: 'hung-up', by: 'callee', reason: '' }];
  await expect(telephony.transfer('c', target)).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
  await settle();
  expect([heard, [...media.legs.keys()], media.done]).toEqual([['answered'], ['c'], []]);
});

test('a call that ends while the target rings is not bridged, and the target is let go of', async () => {
  targetDoes = [{ type: 'ringing', sipStatus: 180 }];
  const transferred = telephony.transfer('c', target);
  await settle();
  network.happens('c', { type: 'hung-up', by: 'callee', reason: '' });
  await expect(transferred).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
  expect([...media.legs.keys()]).toEqual(['c']);
});

test('what fails otherwise fails: no such call, a bad target, a far side that did not reach it', async () => {
  await expect(telephony.transfer('nobody', target)).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
  await expect(telephony.transfer('c', 'billing')).rejects.toMatchObject({ code: 'PHONE_UNKNOWN' });
  network.transferFault = 'TRANSFER_FAILED';
  await expect(telephony.transfer('c', target)).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
  expect(network.phones).toEqual([]);
});
