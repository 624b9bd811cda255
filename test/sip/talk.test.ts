/** A customer behind a trunk and an agent at a phone of the house, by real SIP and RTP: brought together, and how soon. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Invitation } from '#adapters/sip/invitation.ts';
import { createSipServer, type SipServer } from '#adapters/sip/sip-server.ts';
import { createSipTelephony, type SipTelephony } from '#adapters/sip/sip-telephony.ts';
import type { Media } from '#ports/media.ts';
import type { DialRequest, TelephonyEvent } from '#ports/telephony.ts';
import { openPlane } from '#test/rtp/party.ts';
import { RtpProbe, shareIn } from '#test/rtp/rtp-probe.ts';
import { silentLog } from './call-probe.ts';

const [customerHz, agentHz] = [400, 650];

let folder: string;
let telephony: SipTelephony;
let media: Media;
let world: SipServer;
/** Whoever was called last, by the user part of the address. */
let called: Map<string, (invitation: Invitation) => void>;
const probes: RtpProbe[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talk-'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  called = new Map();
  const onInvite = (invitation: Invitation) => called.get(invitation.calledUser)?.(invitation);
  world = await createSipServer({ bindAddress: '127.0.0.1', port: 0, log: silentLog, onInvite });
  telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog });
  media = await openPlane(4);
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${world.address.port}` });
});
afterEach(async () => {
  await telephony.close(500);
  await Promise.all([world.close(200), media.shutdown(), ...probes.splice(0).map((probe) => probe.close())]);
});

interface Far {
  readonly probe: RtpProbe;
  readonly invitation: Promise<Invitation>;
}

/** Somebody who can be called, and talks from the answer on. */
async function somebody(name: string, hz: number): Promise<Far> {
  const probe = await RtpProbe.open(hz);
  probes.push(probe);
  const rung = Promise.withResolvers<Invitation>();
  called.set(name, (invitation) => {
    invitation.ring();
    rung.resolve(invitation);
  });
  return { probe, invitation: rung.promise };
}

/** Picks up: says when, and talks at once. */
async function picksUp({ probe, invitation }: Far): Promise<number> {
  const call = await invitation;
  const atMs = performance.now();
  call.answer(probe.side);
  if (call.offer) probe.talk(call.offer);
  return atMs;
}

/** Our side of a call; `onAnswer` once its leg is connected. */
async function dial(
  legId: string,
  to: { uri: string } | { trunkId: string; number: string },
  onAnswer: () => Promise<void> = async () => {},
  recording?: string,
) {
  const events: TelephonyEvent['type'][] = [];
  const answered = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const local = await media.open(legId, recording === undefined ? {} : { recording }, () => {});
  const request: DialRequest = { callId: legId, ...to, media: local, ringTimeoutMs: 20_000 };
  await telephony.dial(request, (event) => {
    events.push(event.type);
    if (event.type === 'answered') {
      void media.connect(legId, event.media).then(onAnswer).then(answered.resolve);
    } else if (event.type === 'hung-up') over.resolve();
  });
  return { events, answered: answered.promise, over: over.promise };
}

const phone = (name: string) => ({ uri: `sip:${name}@127.0.0.1:${world.address.port}` });
const number = '+12025550101';

async function agentOnShift(): Promise<Far> {
  const ann = await somebody('ann', agentHz);
  const { answered } = await dial('agent', phone('ann'));
  await picksUp(ann);
  await answered;
  return ann;
}

test('both hear each other, both are on the recording, and the shift goes on when the customer hangs up', async () => {
  const ann = await agentOnShift();
  const customer = await somebody(number, customerHz);
  const recording = join(folder, 'talk.wav');
  const to = { trunkId: 't', number };
  const { events, over } = await dial('call', to, () => media.bridge('call', 'agent'), recording);
  await picksUp(customer);
  await Promise.all([customer.probe.first(agentHz), ann.probe.first(customerHz)]);
  await customer.probe.more(50);
  (await customer.invitation).hangUp();
  await over;
  expect(events).toEqual(['ringing', 'answered', 'hung-up']);
  expect((await media.close('call')).recordingError).toBeUndefined();

  const file = await readFile(recording);
  const windows = (side: 0 | 1, hz: number) => {
    const samples = Int16Array.from({ length: (file.length - 44) / 4 }, (_, at) =>
      file.readInt16LE(44 + at * 4 + side * 2),
    );
    const starts = Array.from({ length: Math.floor(samples.length / 160) }, (_, at) => at * 160);
    return starts.filter((at) => shareIn(hz, samples.subarray(at, at + 160)) > 0.8).length;
  };
  expect(windows(0, customerHz)).toBeGreaterThan(15);
  expect(windows(1, agentHz)).toBeGreaterThan(15);
  expect([windows(0, agentHz), windows(1, customerHz)]).toEqual([0, 0]);

  await ann.probe.caughtUp();
  const from = ann.probe.packets.length;
  await ann.probe.more(20);
  expect(ann.probe.heard([customerHz], from + 10)).toEqual([0]);
  await telephony.hangUp('agent');
});

test('from the answer to audio both ways it takes less than 200 ms, in 19 of 20 calls', async () => {
  const ann = await agentOnShift();
  const tookMs: number[] = [];
  for (let call = 1; tookMs.length < 20; call += 1) {
    const legId = `call-${call}`;
    const customer = await somebody(number, customerHz);
    const heard = ann.probe.packets.length;
    const stalls = () => customer.probe.stalls + ann.probe.stalls;
    const { over } = await dial(legId, { trunkId: 't', number }, () => media.bridge(legId, 'agent'));
    const before = stalls();
    const answeredMs = await picksUp(customer);
    const both = await Promise.all([customer.probe.first(agentHz), ann.probe.first(customerHz, heard)]);
    // A process that stood still has measured itself.
    if (stalls() === before) tookMs.push(Math.max(...both.map(({ atMs }) => atMs)) - answeredMs);
    customer.probe.pause();
    await telephony.hangUp(legId);
    await over;
    await media.close(legId);
  }
  expect(tookMs.sort((a, b) => a - b)[18]).toBeLessThan(200);
});
