/** Everybody who talks, from one socket: a packet every 20 ms to each leg, and what comes back with its delay. */
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as after } from 'node:timers/promises';
import { rtpDatagram, rtpHeaderBytes } from '#adapters/rtp/rtp-packet.ts';

const packetMs = 20;
const payloadBytes = 160;
/** The time at which a packet left is in its first bytes, in µs: that is no sound, but nobody listens. */
const stampBytes = 6;

export interface Talk {
  readonly sent: number;
  readonly received: number;
  /** From the callers' socket to the callers' socket, ascending, ms; empty where the stamps are not what was sent. */
  readonly delays: Float64Array;
  /** CPU of all threads but the callers', ms. */
  readonly cpuMs: number;
}

export class Callers {
  readonly #socket: Socket;
  #delays: number[] = [];
  #received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (datagram) => this.#hear(datagram));
  }

  static async open(): Promise<Callers> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000, sendBufferSize: 4_000_000 });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new Callers(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Talks to all these ports: for a while so that all are known, then for `durationMs`, which is measured. */
  async talk(ports: readonly number[], durationMs: number, payloadTypeOf: (index: number) => number): Promise<Talk> {
    let sequence = 0;
    const speak = async (forMs: number): Promise<number> => {
      const startMs = performance.now();
      const ticks = forMs / packetMs;
      for (let tick = 0; tick < ticks; tick++) {
        await after(Math.max(0, startMs + tick * packetMs - performance.now()));
        for (const [index, port] of ports.entries()) this.#say(index, port, sequence, payloadTypeOf(index));
        sequence++;
      }
      return ticks * ports.length;
    };
    await speak(500);
    await after(200);
    this.#delays = [];
    this.#received = 0;
    const before = cpuOfOthersMs();
    const sent = await speak(durationMs);
    await after(100);
    const cpuMs = cpuOfOthersMs() - before;
    return { sent, received: this.#received, delays: Float64Array.from(this.#delays).sort(), cpuMs };
  }

  close(): void {
    this.#socket.close();
  }

  #say(index: number, port: number, sequence: number, payloadType: number): void {
    const header = { payloadType, marker: sequence === 0, sequence: sequence & 0xffff, ssrc: index + 1 };
    const datagram = rtpDatagram({ ...header, timestamp: (sequence * payloadBytes) >>> 0 }, payloadBytes);
    datagram.fill(0xff, rtpHeaderBytes);
    datagram.writeUIntBE(Math.round(performance.now() * 1_000), rtpHeaderBytes, stampBytes);
    this.#socket.send(datagram, port, '127.0.0.1');
  }

  #hear(datagram: Buffer): void {
    if (datagram.length !== rtpHeaderBytes + payloadBytes) return;
    this.#received++;
    const delayMs = performance.now() - datagram.readUIntBE(rtpHeaderBytes, stampBytes) / 1_000;
    if (delayMs >= 0 && delayMs < 1_000) this.#delays.push(delayMs);
  }
}

function cpuOfOthersMs(): number {
  const all = process.cpuUsage();
  const own = process.threadCpuUsage();
  return (all.user + all.system - own.user - own.system) / 1_000;
}
