/**
 * A telephone for tests, made of nothing of ours but packet headers: it sends a tone of its own, and keeps every packet
 * that comes with the time at which it came.
 */
import type { Socket } from 'node:dgram';
import { decode, encode, payloadTypeOf } from '#adapters/rtp/g711.ts';
import { bindPair } from '#adapters/rtp/port-pair.ts';
import { parseRtp, type RtpPacket, rtpDatagram, rtpHeaderBytes } from '#adapters/rtp/rtp-packet.ts';
import type { AudioCodec, RtpEndpoint } from '#ports/media.ts';

export interface ProbePacket extends RtpPacket {
  /** performance.now() when it came. */
  readonly atMs: number;
}

const packetMs = 20;
const stallMs = 120;
const samples = 160;
const eventType = 101;
const keys = '0123456789*#ABCD';

export class RtpProbe {
  readonly side: RtpEndpoint;
  /** Everything that came, in order. */
  readonly packets: ProbePacket[] = [];
  /** Audio that was sent, as it left. */
  readonly sent = new Set<string>();
  /** Times that this thread, or the one that sends here, stood still for so long that what was heard says little. */
  stalls = 0;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #codec: AudioCodec;
  readonly #hz: number;
  readonly #waiting = new Set<() => void>();
  #remote: RtpEndpoint | undefined;
  #timer: NodeJS.Timeout | undefined;
  #startMs = 0;
  #packetsSent = 0;
  #sequence = 0;

  private constructor(rtp: Socket, rtcp: Socket, codec: AudioCodec, hz: number, takesKeys: boolean) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#codec = codec;
    this.#hz = hz;
    this.side = {
      address: '127.0.0.1',
      port: rtp.address().port,
      codecs: [codec],
      direction: 'sendrecv',
      ...(takesKeys ? { dtmfPayloadType: eventType } : {}),
    };
    rtp.on('message', (datagram) => this.#receive(datagram));
  }

  /** `hz`: its tone, a multiple of 50. */
  static async open(
    hz: number,
    { codec = 'PCMU', takesKeys = true }: { readonly codec?: AudioCodec; readonly takesKeys?: boolean } = {},
  ): Promise<RtpProbe> {
    for (;;) {
      const port = 10_000 + 2 * Math.floor(Math.random() * 10_000);
      const pair = await bindPair('127.0.0.1', port).catch(() => undefined);
      if (pair) return new RtpProbe(pair.rtp, pair.rtcp, codec, hz, takesKeys);
    }
  }

  /** Sends its tone there from now on, every 20 ms. */
  talk(remote: RtpEndpoint): void {
    this.#remote = remote;
    this.#startMs = performance.now();
    this.#packetsSent = 0;
    let lastMs = this.#startMs;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs - lastMs > stallMs) this.stalls += 1;
      lastMs = nowMs;
      for (const due = (performance.now() - this.#startMs) / packetMs; this.#packetsSent < due; ) this.#sendTone();
    }, 5);
  }

  /** Sends nothing any more. */
  pause(): void {
    clearInterval(this.#timer);
  }

  /** A key in three packets of one event, the last of them its end (RFC 4733, 2.5). */
  press(digit: string): void {
    const timestamp = this.#packetsSent * samples;
    for (let part = 1; part <= 3; part += 1) {
      const payload = Buffer.from([keys.indexOf(digit), part === 3 ? 0x8a : 0x0a, 0, 0]);
      payload.writeUInt16BE(part * samples, 2);
      this.#send(eventType, part === 1, timestamp, payload);
    }
    this.#packetsSent += 3;
  }

  /** Resolves when something has come that the condition likes; the test's time limit ends a wait in vain. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Resolves when what the system has kept of what came is read. */
  async caughtUp(): Promise<void> {
    for (let before = -1; before !== this.packets.length; ) {
      before = this.packets.length;
      for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Resolves when so many packets more have come. */
  more(packets: number): Promise<void> {
    const until = this.packets.length + packets;
    return this.until(() => this.packets.length >= until);
  }

  /** The first packet in which a tone is heard, from the packet with this index on. */
  async first(hz: number, from = 0): Promise<ProbePacket> {
    let found: ProbePacket | undefined;
    await this.until(() => {
      found = this.packets.slice(from).find((packet) => shareOf(hz, packet) > 0.5);
      return found !== undefined;
    });
    return found as ProbePacket;
  }

  /** Of the packets from this index on, in how many each of these tones was heard. */
  heard(tones: readonly number[], from: number): number[] {
    const packets = this.packets.slice(from);
    return tones.map((hz) => packets.filter((packet) => shareOf(hz, packet) > 0.1).length);
  }

  async close(): Promise<void> {
    this.pause();
    await Promise.all([this.#rtp, this.#rtcp].map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  }

  #receive(datagram: Buffer): void {
    const packet = parseRtp(datagram);
    if (!packet) return;
    const atMs = performance.now();
    const before = this.packets.at(-1);
    if (before && atMs - before.atMs > stallMs) this.stalls += 1;
    this.packets.push({ ...packet, atMs });
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #sendTone(): void {
    const timestamp = this.#packetsSent * samples;
    const tone = Int16Array.from({ length: samples }, (_, at) => {
      return 8_000 * Math.sin((2 * Math.PI * this.#hz * (timestamp + at)) / 8_000);
    });
    const payload = Buffer.alloc(samples);
    encode(this.#codec, tone, payload);
    this.sent.add(payload.toString('hex'));
    this.#send(payloadTypeOf[this.#codec], this.#packetsSent === 0, timestamp, payload);
    this.#packetsSent += 1;
  }

  #send(payloadType: number, marker: boolean, timestamp: number, payload: Buffer): void {
    if (!this.#remote) return;
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    const datagram = rtpDatagram({ payloadType, marker, sequence, timestamp, ssrc: this.side.port }, payload.length);
    payload.copy(datagram, rtpHeaderBytes);
    this.#rtp.send(datagram, this.#remote.port, this.#remote.address);
  }
}

/** The share of a packet's power at a frequency (Goertzel, 1958); 0 where it says nothing. */
function shareOf(hz: number, { payloadType, payload }: ProbePacket): number {
  const codec = payloadType === payloadTypeOf.PCMU ? 'PCMU' : 'PCMA';
  if (payloadType !== payloadTypeOf[codec]) return 0;
  return shareIn(hz, decode(codec, payload));
}

/** The share of the power of some samples at a frequency; 0 where they are all but silent. */
export function shareIn(hz: number, pcm: Int16Array): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / 8_000);
  let [before, last, power] = [0, 0, 0];
  for (const sample of pcm) {
    [before, last] = [last, sample + factor * last - before];
    power += sample * sample;
  }
  if (power < pcm.length * 10_000) return 0;
  return (2 * (last * last + before * before - factor * last * before)) / (pcm.length * power);
}
