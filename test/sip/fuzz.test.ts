import { createSocket } from 'node:dgram';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { createSipTelephony, type SipTelephony } from '#adapters/sip/sip-telephony.ts';
import { CallProbe } from './call-probe.ts';
import { type FuzzTarget, fuzzDatagram, seededRandom } from './datagram-fuzz.ts';
import { type Sipp, startSipp } from './sipp.ts';

const datagrams = 50_000;
/** More at once than the socket holds would be lost before anybody could choke on them. */
const batch = 100;

let sipp: Sipp | undefined;
let telephony: SipTelephony | undefined;

afterEach(async () => {
  await telephony?.close(200);
  await sipp?.stop();
});

test(`${datagrams} broken datagrams change no live call and crash nothing`, async () => {
  const unlimited = { ratePerSecond: 1e9, burst: 1e9 };
  const logged: string[] = [];
  const note = (fields: object, message: string): void => void logged.push(`${JSON.stringify(fields)} ${message}`);
  sipp = await startSipp({ scenario: 'uas' });
  const live = await createSipTelephony({
    bindAddress: '127.0.0.1',
    port: 0,
    log: { debug: note, info: note, warn: note, error: note },
    t1Ms: 10,
    flood: { perSource: unlimited, global: unlimited },
  });
  telephony = live;
  await live.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${sipp.port}` });
  const calls = await Promise.all(['a', 'b'].map((callId) => CallProbe.dial(live, { callId })));
  await Promise.all(calls.map((call) => call.next('answered')));

  const before = live.counters.received;
  await attack(live, { address: `127.0.0.1:${live.address.port}`, callIds: await callIdsSeen(sipp) });

  expect(live.counters.received - before).toBe(datagrams);
  expect(live.counters.unreadable).toBeGreaterThan(datagrams / 10);
  expect(calls.map(({ types }) => types)).toEqual([
    ['ringing', 'answered'],
    ['ringing', 'answered'],
  ]);
  expect(logged.filter((line) => /\d{5}/.test(line))).toEqual([]);
  for (const { callId } of calls) await live.hangUp(callId);
  expect(calls.map(({ events }) => events.at(-1))).toEqual([
    { type: 'hung-up', by: 'us', reason: '' },
    { type: 'hung-up', by: 'us', reason: '' },
  ]);
  expect(live.sizes()).toMatchObject({ calls: 0, dialogs: 0, servers: 0 });
});

async function callIdsSeen(peer: Sipp): Promise<string[]> {
  const ids = (await peer.messages()).map(({ text }) => /^Call-ID: (\S+)/m.exec(text)?.[1] ?? '');
  return [...new Set(ids)];
}

async function attack(victim: SipTelephony, target: FuzzTarget): Promise<void> {
  const socket = createSocket('udp4');
  const random = seededRandom(20_261_122);
  const start = victim.counters.received;
  for (let sent = 0; sent < datagrams; sent += batch) {
    for (let index = 0; index < batch; index += 1) {
      socket.send(fuzzDatagram(random, target), victim.address.port, victim.address.host);
    }
    while (victim.counters.received - start < sent + batch) await nextTurn();
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}
