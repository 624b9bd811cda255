/** A media thread: its legs, and the one timer that paces them all. Runs as a worker thread. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { Hearing } from './hearing.ts';
import { Leg } from './leg.ts';
import { dueTicks, packetMs } from './pace.ts';
import { bindPair } from './port-pair.ts';
import { offeredDtmfPayloadType } from './sdp-side.ts';
import type { Args, FromThread, Operation, Reply, ThreadSettings, ToThread } from './thread-protocol.ts';

const settings = workerData as ThreadSettings;
const legs = new Map<string, Leg>();
const hearing = new Hearing();
const startMs = performance.now();
const elapsedMs = () => performance.now() - startMs;

let nextTick = 0;
let timer: NodeJS.Timeout | undefined;

function serve(): void {
  const { first, end } = dueTicks(elapsedMs(), nextTick);
  for (let tick = first; tick < end; tick++) {
    for (const leg of legs.values()) leg.tick(tick);
  }
  nextTick = end;
  timer = setTimeout(serve, Math.max(0, nextTick * packetMs - elapsedMs()));
}

function startPacing(): void {
  if (timer) return;
  nextTick = Math.ceil(elapsedMs() / packetMs);
  timer = setTimeout(serve, nextTick * packetMs - elapsedMs());
}

function stopPacing(): void {
  clearTimeout(timer);
  timer = undefined;
}

/** Whoever is spoken of is there, and everybody hears whom they shall. */
function heard(legIds: readonly string[], change: () => void): undefined {
  if (!legIds.every((legId) => legs.has(legId))) return undefined;
  change();
  hearEachOther();
  return undefined;
}

function hearEachOther(): void {
  for (const [legId, leg] of legs) {
    leg.hearOnly(hearing.heardBy(legId).flatMap((each) => legs.get(each) ?? []));
  }
}

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}

const operations: { [K in Operation]: (args: Args<K>) => Reply<K> | Promise<Reply<K>> } = {
  open: async ({ legId, port, options }) => {
    const ports = await bindPair(settings.bindAddress, port).catch((error: NodeJS.ErrnoException) => error);
    if (ports instanceof Error) return { code: ports.code ?? ports.message };
    const chance = randomBytes(10);
    const leg = new Leg({
      ports,
      options,
      stream: {
        ssrc: chance.readUInt32BE(0),
        sequence: chance.readUInt16BE(4),
        timestamp: chance.readUInt32BE(6),
      },
      cname: randomBytes(12).toString('base64'),
      rtcpIntervalMs: settings.rtcpIntervalMs,
      dtmfPayloadType: offeredDtmfPayloadType,
      elapsedMs,
      clockStartMs: performance.timeOrigin + startMs,
      chance: Math.random,
      emit: (event) => tell({ type: 'event', legId, event }),
      recordingFailed: (error) => {
        tell({ type: 'log', level: 'error', fields: { legId, ...error }, message: 'recording ended early' });
      },
    });
    legs.set(legId, leg);
    startPacing();
    return 'bound';
  },
  connect: ({ legId, remote }) => {
    legs.get(legId)?.connect(remote);
    return undefined;
  },
  play: ({ legId, playId, prompt }) => {
    legs.get(legId)?.play(playId, prompt);
    return undefined;
  },
  stop: ({ legId }) => {
    legs.get(legId)?.stopPlaying();
    return undefined;
  },
  press: ({ legId, events }) => {
    const leg = legs.get(legId);
    if (!leg) return true;
    return new Promise((resolve) => {
      if (!leg.press(events, () => resolve(true))) resolve(false);
    });
  },
  bridge: ({ legId, other }) =>
    heard([legId, other], () => {
      for (const each of [legId, other]) legs.get(each)?.loop(undefined);
      hearing.bridge(legId, other);
    }),
  unbridge: ({ legId }) =>
    heard([legId], () => {
      legs.get(legId)?.loop(undefined);
      hearing.unbridge(legId);
    }),
  hold: ({ legId, music }) =>
    heard([legId], () => {
      legs.get(legId)?.loop(music);
      hearing.hold(legId);
    }),
  retrieve: ({ legId }) =>
    heard([legId], () => {
      legs.get(legId)?.loop(undefined);
      hearing.retrieve(legId);
    }),
  mute: ({ legId, muted }) => heard([legId], () => hearing.mute(legId, muted)),
  monitor: ({ legId, attended, mode }) => heard([legId, attended], () => hearing.monitor(legId, attended, mode)),
  close: async ({ legId }) => {
    const leg = legs.get(legId);
    legs.delete(legId);
    hearing.remove(legId);
    leg?.hearOnly([]);
    hearEachOther();
    if (legs.size === 0) stopPacing();
    return leg?.close();
  },
};

parentPort?.on('message', async ({ id, op, args }: ToThread) => {
  const operation = operations[op] as (given: typeof args) => Reply<Operation> | Promise<Reply<Operation>>;
  tell({ type: 'reply', id, reply: await operation(args) });
});
tell({ type: 'ready' });
