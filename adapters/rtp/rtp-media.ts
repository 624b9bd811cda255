/** The media port over RTP: legs live in worker threads, this side keeps their ports and their listeners. */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { LegOptions, Media, MediaListener, MediaReport, MonitorMode, RtpEndpoint } from '#ports/media.ts';
import { eventsOf } from './dtmf.ts';
import { type PortBounds, PortRange } from './port-range.ts';
import { PromptShelf } from './prompt-shelf.ts';
import { ourSide } from './sdp-side.ts';
import { Talks } from './talks.ts';
import { ThreadCrew } from './thread-crew.ts';
import { gone, type ThreadLink } from './thread-link.ts';
import type { Args, Operation, ThreadSettings } from './thread-protocol.ts';
import { wavHeaderBytes } from './wav.ts';

export interface RtpMediaOptions {
  /** IP address the sockets listen at. */
  readonly bindAddress: string;
  /** IP address put into offers; `bindAddress` when absent. */
  readonly advertisedAddress?: string;
  /** Two ports a leg, the first even. */
  readonly portRange: PortBounds;
  /** Media threads; one for every four processors when absent, at least one. */
  readonly workers?: number;
  /** The minimum interval of RTCP reports, ms; 5,000 when absent (RFC 3550, 6.2). */
  readonly rtcpIntervalMs?: number;
  readonly logger: Logger;
  /** Starts a media thread; for tests that end one. */
  readonly spawn?: (settings: ThreadSettings) => Worker;
}

/** Makes the media port of a node and starts its threads. */
export function createRtpMedia(options: RtpMediaOptions): Media {
  return new RtpMedia(options);
}

interface OpenLeg {
  readonly options: LegOptions;
  readonly thread: ThreadLink;
  listener: MediaListener;
  /** Our side, once the ports are bound. */
  side: Promise<RtpEndpoint>;
  /** The first of our ports, while we have them. */
  port?: number;
  connected: boolean;
  /** Its thread died: nothing but its report is left. */
  lost: boolean;
  closing?: Promise<MediaReport>;
  /** Ends when what was asked before has begun: a prompt being read is not overtaken by its stop. */
  turn: Promise<unknown>;
}

const emptyReport: MediaReport = { packetsSent: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, recordedMs: 0 };
const recordedBytesPerMs = 32;

function spawnThread(workerData: ThreadSettings): Worker {
  return new Worker(new URL('./media-thread.ts', import.meta.url), { name: 'media', workerData });
}

class RtpMedia implements Media {
  readonly #options: RtpMediaOptions;
  readonly #ports: PortRange;
  readonly #crew: ThreadCrew;
  readonly #prompts = new PromptShelf();
  readonly #legs = new Map<string, OpenLeg>();
  readonly #talks = new Talks(
    {
      threadOf: (legId) => this.#threadOf(legId),
      together: (legIds, work) => this.#together(legIds, work),
      isOpen: (legId) => isOpen(this.#legs.get(legId)),
    },
    this.#prompts,
  );
  #stopping = false;

  constructor(options: RtpMediaOptions) {
    this.#options = options;
    this.#ports = new PortRange(options.portRange, Math.random);
    const { spawn = spawnThread, bindAddress, rtcpIntervalMs = 5_000, logger } = options;
    const size = options.workers ?? Math.max(1, Math.floor(availableParallelism() / 4));
    this.#crew = new ThreadCrew(
      size,
      () => spawn({ bindAddress, rtcpIntervalMs }),
      {
        event: (legId, event) => this.#legs.get(legId)?.listener(event),
        died: (thread) => this.#lose(thread),
      },
      logger,
    );
  }

  async open(legId: string, options: LegOptions, listener: MediaListener): Promise<RtpEndpoint> {
    const known = this.#legs.get(legId);
    if (known?.closing) {
      await known.closing;
      return this.open(legId, options, listener);
    }
    if (known && !known.lost) {
      known.listener = listener;
      return known.side;
    }
    if (this.#stopping) {
      throw new RetryableError('NODE_STOPPING', `This node is stopping and opens no leg ${legId}; ask another node.`);
    }
    const thread = this.#crew.choose();
    const leg = { options, thread, listener, connected: false, lost: false, turn: Promise.resolve() };
    const side = this.#bind(legId, leg);
    this.#legs.set(legId, Object.assign(leg, { side }));
    side.catch(() => this.#legs.delete(legId));
    return side;
  }

  async connect(legId: string, remote: RtpEndpoint): Promise<void> {
    const leg = await this.#live(legId);
    if (!leg) return;
    leg.connected = true;
    await this.#inTurn(leg, () => this.#ask(leg, 'connect', { legId, remote }));
  }

  async play(legId: string, playId: string, path: string): Promise<void> {
    const leg = await this.#live(legId);
    if (!leg) return;
    await this.#inTurn(leg, async () => {
      const prompt = await this.#prompts.take(path);
      await this.#ask(leg, 'play', { legId, playId, prompt });
    });
  }

  async stopPlaying(legId: string): Promise<void> {
    const leg = await this.#live(legId);
    if (leg) await this.#inTurn(leg, () => this.#ask(leg, 'stop', { legId }));
  }

  async sendDigits(legId: string, digits: string): Promise<void> {
    const events = eventsOf(digits);
    if (!events) throw unsendable(legId, 'a key is none of 0–9, *, #, A–D', 'send only these');
    const leg = await this.#live(legId);
    const reply = await leg?.thread.ask('press', { legId, events });
    if (reply === false) throw unsendable(legId, 'the far side takes no telephone-events', 'agree on them in SDP');
  }

  bridge(legA: string, legB: string): Promise<void> {
    return this.#talks.bridge(legA, legB);
  }

  unbridge(legId: string): Promise<void> {
    return this.#talks.unbridge(legId);
  }

  hold(legId: string, music?: string): Promise<void> {
    return this.#talks.hold(legId, music);
  }

  retrieve(legId: string): Promise<void> {
    return this.#talks.retrieve(legId);
  }

  mute(legId: string, muted: boolean): Promise<void> {
    return this.#talks.mute(legId, muted);
  }

  monitor(supervisorLeg: string, legId: string, mode: MonitorMode): Promise<void> {
    return this.#talks.monitor(supervisorLeg, legId, mode);
  }

  async close(legId: string): Promise<MediaReport> {
    const leg = this.#legs.get(legId);
    if (!leg) return emptyReport;
    leg.closing ??= this.#close(legId, leg);
    return leg.closing;
  }

  async shutdown(): Promise<void> {
    this.#stopping = true;
    await Promise.all(Array.from(this.#legs.keys(), (legId) => this.close(legId)));
    await this.#crew.terminate();
  }

  /** Finds a pair of ports that nobody on this machine has, and takes it. */
  async #bind(legId: string, leg: Omit<OpenLeg, 'side'>): Promise<RtpEndpoint> {
    const { bindAddress, advertisedAddress = bindAddress, portRange } = this.#options;
    leg.thread.legs++;
    try {
      for (let tried = 0; tried < this.#ports.size; tried++) {
        const port = this.#ports.take();
        if (port === undefined) break;
        const reply = await leg.thread.ask('open', { legId, port, options: leg.options });
        if (reply === 'bound') {
          leg.port = port;
          return ourSide(advertisedAddress, port);
        }
        this.#ports.release(port);
        if (reply === gone) {
          const message = `The media thread died while it opened the leg ${legId}; try again, and see its error in the log.`;
          throw new RetryableError('MEDIA_UNAVAILABLE', message);
        }
        if (reply.code !== 'EADDRINUSE' && reply.code !== 'EACCES') {
          const message = `Media cannot listen at ${bindAddress} (${reply.code}); configure an address of this machine.`;
          throw new FatalError('CONFIG_INVALID', message);
        }
      }
      const message = `All ${this.#ports.size} pairs of media ports from ${portRange.from} to ${portRange.to} are in use; widen the range or place fewer calls at once.`;
      throw new RetryableError('PORTS_EXHAUSTED', message);
    } catch (error) {
      leg.thread.legs--;
      throw error;
    }
  }

  /** The leg if something can still be asked of it. */
  async #live(legId: string): Promise<OpenLeg | undefined> {
    const leg = this.#legs.get(legId);
    await leg?.side.catch(() => undefined);
    return leg === this.#legs.get(legId) && isOpen(leg) ? leg : undefined;
  }

  /** Asks nothing for a leg that was closed while its turn came: another may be open under its id. */
  async #ask<K extends Operation>(leg: OpenLeg, op: K, args: Args<K>): Promise<void> {
    if (!leg.closing) await leg.thread.ask(op, args);
  }

  /** Does something with several legs when it is the turn of each, if all of them are there. */
  async #together(legIds: readonly string[], work: () => Promise<void>): Promise<void> {
    const legs = await Promise.all(legIds.map((legId) => this.#live(legId)));
    const turns = legs.map((leg) => leg?.turn);
    const done = Promise.all(turns).then(() => {
      const isThere = (legId: string, at: number) => legs[at] === this.#legs.get(legId) && isOpen(legs[at]);
      return legIds.every(isThere) ? work() : undefined;
    });
    for (const leg of legs) if (leg) leg.turn = done.catch(() => undefined);
    await done;
  }

  #threadOf(legId: string): ThreadLink | undefined {
    const leg = this.#legs.get(legId);
    return leg && !leg.lost ? leg.thread : undefined;
  }

  #inTurn<T>(leg: OpenLeg, work: () => Promise<T>): Promise<T> {
    const done = leg.turn.then(work);
    leg.turn = done.catch(() => undefined);
    return done;
  }

  async #close(legId: string, leg: OpenLeg): Promise<MediaReport> {
    const side = await leg.side.catch(() => undefined);
    if (!side) return emptyReport;
    const parted = this.#talks.leave(legId);
    const report = await leg.thread.ask('close', { legId });
    await parted;
    this.#free(leg);
    this.#legs.delete(legId);
    return report === gone || !report ? reportOfLost(leg) : report;
  }

  #lose(thread: ThreadLink): void {
    for (const [legId, leg] of this.#legs) {
      if (leg.thread !== thread || leg.port === undefined) continue;
      leg.lost = true;
      void this.#talks.leave(legId);
      this.#free(leg);
      leg.listener({ type: 'lost', reason: 'the media thread died' });
    }
  }

  #free(leg: OpenLeg): void {
    if (leg.port === undefined) return;
    this.#ports.release(leg.port);
    delete leg.port;
    leg.thread.legs--;
  }
}

function isOpen(leg: OpenLeg | undefined): leg is OpenLeg {
  return leg !== undefined && !leg.closing;
}

/** What its thread counted is gone with it; the recording is there as far as it was written. */
async function reportOfLost({ options, connected }: OpenLeg): Promise<MediaReport> {
  if (options.recording === undefined || !connected) return emptyReport;
  const size = await stat(options.recording).then(
    (stats) => stats.size,
    () => 0,
  );
  const recordedMs = Math.max(0, size - wavHeaderBytes) / recordedBytesPerMs;
  return { ...emptyReport, recording: options.recording, recordedMs };
}

function unsendable(legId: string, fault: string, remedy: string): FatalError {
  return new FatalError('DIGITS_UNSENDABLE', `Digits cannot be sent on the leg ${legId}: ${fault}; ${remedy}.`);
}
