/** A media thread: its legs, and the one timer that paces them all. Runs as a worker thread. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { Leg } from './leg.ts';
import { dueTicks, packetMs } from './pace.ts';
import { bindPair } from './port-pair.ts';
import { offeredDtmfPayloadType } from './sdp-side.ts';
import { Switchboard } from './switchboard.ts';
import type { Args, FromThread, Operation, Reply, ThreadSettings, ToThread } from './thread-protocol.ts';

const settings = workerData as ThreadSettings;
const legs = new Map<string, Leg>();
const switchboard = new Switchboard();
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
      say: (spoken) => switchboard.say(legId, spoken),
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
  hear: ({ legId, sources }) => {
    const leg = legs.get(legId);
    if (leg) switchboard.hear(leg, sources);
    return undefined;
  },
  tap: ({ legId, threads }) => {
    switchboard.tap(legId, threads);
    return undefined;
  },
  join: ({ thread, port }) => {
    switchboard.join(thread, port);
    return undefined;
  },
  loop: ({ legId, music }) => {
    legs.get(legId)?.loop(music);
    return undefined;
  },
  close: async ({ legId }) => {
    const leg = legs.get(legId);
    legs.delete(legId);
    if (leg) switchboard.hear(leg, []);
    switchboard.tap(legId, []);
    if (legs.size === 0) stopPacing();
    return leg?.close();
  },
};

parentPort?.on('message', async ({ id, op, args }: ToThread) => {
  const operation = operations[op] as (given: typeof args) => Reply<Operation> | Promise<Reply<Operation>>;
  tell({ type: 'reply', id, reply: await operation(args) });
});
tell({ type: 'ready' });
