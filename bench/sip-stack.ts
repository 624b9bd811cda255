/**
 * The SIP stack alone against SIPp's own `uas`: CPU of a whole cycle (INVITE, 180, 200, ACK, BYE, 200), memory
 * of a live call, and what is left when all is over.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSipTelephony, type SipTelephony } from '#adapters/sip/sip-telephony.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import { startSipp } from '#test/sip/sipp.ts';
import { type BenchResult, median } from './result.ts';

const inFlight = 50;
const warmUpCalls = 1000;
const roundCalls = 1000;
const rounds = 4;
const liveCalls = 1000;
const pacedPerSecond = 300;
const pacedTotal = 1500;
const tickMs = 10;
/** A fifth of the RFC's, so that 64 T1 pass in 6.4 s; nothing is lost here that would be repeated. */
const t1Ms = 100;

const media: RtpEndpoint = {
  address: '127.0.0.1',
  port: 40_000,
  codecs: ['PCMU', 'PCMA'],
  dtmfPayloadType: 101,
  direction: 'sendrecv',
};

const log = { debug() {}, info() {}, warn() {}, error() {} };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function run(): Promise<BenchResult> {
  const sipp = await startSipp({ scenario: 'uas', trace: false });
  const telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log, t1Ms });
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${sipp.port}`, callerId: '+15550100' });
  try {
    await cycle(telephony, warmUpCalls);
    const cpu: number[] = [];
    for (let round = 0; round < rounds; round += 1) cpu.push(await cpuPerCall(telephony));
    const perLiveCall = await memoryPerCall(telephony);
    const paced = await pacedCalls(telephony);
    await settled(telephony);
    const left = telephony.sizes();
    const heldBefore = heapBytes();
    await cycle(telephony, roundCalls);
    await settled(telephony);
    return {
      name: 'sip-stack',
      figures: [
        { name: 'CPU of a call cycle', value: median(cpu), unit: 'ms', target: { atMost: 2.5 } },
        { name: 'memory of a live call', value: perLiveCall / 1024, unit: 'KB', target: { atMost: 60 } },
        { name: 'left in maps after all calls', value: sum(left), unit: 'entries', target: { atMost: 0 } },
        { name: 'heap kept by a finished call', value: (heapBytes() - heldBefore) / roundCalls, unit: 'bytes' },
        {
          name: `datagrams a call at ${pacedPerSecond} calls/s`,
          value: paced.datagrams,
          unit: 'datagrams',
          target: { atMost: 3.3 },
        },
        { name: `CPU at ${pacedPerSecond} calls/s`, value: paced.cpuPercent, unit: '% of a core' },
      ],
      notes: [
        `${totalCalls} calls against SIPp uas, ${inFlight} in flight; median of ${rounds} rounds of ${roundCalls}.`,
        'Three datagrams a call are INVITE, ACK and BYE; more are repetitions, and T1 is a fifth of its usual 500 ms.',
      ],
    };
  } finally {
    await telephony.close();
    await sipp.stop();
  }
}

/** New calls at a fixed rate, each answered and hung up: a storm would show in the datagrams. */
async function pacedCalls(telephony: SipTelephony): Promise<{ datagrams: number; cpuPercent: number }> {
  const sentBefore = telephony.counters.sent;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const over: Promise<void>[] = [];
  for (let tick = 1; over.length < pacedTotal; tick += 1) {
    const due = Math.min(pacedTotal, Math.round((tick * tickMs * pacedPerSecond) / 1000));
    while (over.length < due) over.push(dial(telephony, (callId) => void telephony.hangUp(callId)));
    await pause(Math.max(0, startedAt + tick * tickMs - performance.now()));
  }
  await Promise.all(over);
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    datagrams: (telephony.counters.sent - sentBefore) / pacedTotal,
    cpuPercent: (user + system) / 10 / (performance.now() - startedAt),
  };
}

const totalCalls = warmUpCalls + rounds * roundCalls + liveCalls + pacedTotal;
let lastCall = 0;

/** Dials one number; `onAnswer` decides when it ends. */
function dial(telephony: SipTelephony, onAnswer: (callId: string) => void): Promise<void> {
  lastCall += 1;
  const callId = `bench-${lastCall}`;
  const number = `+1555${String(lastCall).padStart(7, '0')}`;
  return new Promise((resolve, reject) => {
    void telephony.dial({ callId, trunkId: 't', number, media, ringTimeoutMs: 30_000 }, (event) => {
      if (event.type === 'answered') onAnswer(callId);
      else if (event.type === 'hung-up') resolve();
      else if (event.type === 'failed') reject(new Error(`A call failed with ${event.sipStatus} ${event.reason}.`));
    });
  });
}

async function cycle(telephony: SipTelephony, calls: number): Promise<void> {
  let left = calls;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await dial(telephony, (callId) => void telephony.hangUp(callId));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function cpuPerCall(telephony: SipTelephony): Promise<number> {
  const before = process.cpuUsage();
  await cycle(telephony, roundCalls);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / roundCalls;
}

async function memoryPerCall(telephony: SipTelephony): Promise<number> {
  await settled(telephony);
  const before = heapBytes();
  const live: string[] = [];
  const over: Promise<void>[] = [];
  for (let placed = 0; placed < liveCalls; placed += inFlight) {
    const batch = Array.from({ length: inFlight }, () => {
      const answered = new Promise<void>((resolve) => {
        over.push(
          dial(telephony, (callId) => {
            live.push(callId);
            resolve();
          }),
        );
      });
      return answered;
    });
    await Promise.all(batch);
  }
  const grown = heapBytes() - before;
  for (const callId of live) void telephony.hangUp(callId);
  await Promise.all(over);
  return grown / liveCalls;
}

/** Timers B to M all end within 64 T1. */
async function settled(telephony: SipTelephony): Promise<void> {
  for (let waited = 0; sum(telephony.sizes()) > 0 && waited < 80 * t1Ms; waited += t1Ms) await pause(t1Ms);
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function sum(sizes: Record<string, number>): number {
  return Object.values(sizes).reduce((total, value) => total + value, 0);
}
