/** One leg in its media thread: joins the two halves of its stream to sockets, RTCP and the recording. */
import { isIP, SocketAddress } from 'node:net';
import type { CodedError } from '#ports/errors.ts';
import type { AudioCodec, LegOptions, MediaEvent, MediaReport, RtpEndpoint } from '#ports/media.ts';
import { eventsOf } from './dtmf.ts';
import { Feed } from './feed.ts';
import { Inbound } from './inbound.ts';
import { LegRecorder } from './leg-recorder.ts';
import { mix } from './mix.ts';
import { Outbound, type OutboundPacket, type Sending, type StreamStart } from './outbound.ts';
import { packetMs } from './pace.ts';
import type { PortPair } from './port-pair.ts';
import type { Prompt } from './prompts.ts';
import { type RtcpIdentity, RtcpSession, reportIntervalMs, type StreamState } from './rtcp-session.ts';
import type { Spoken, SpokenAudio, SpokenEvent } from './spoken.ts';
import type { Ear } from './switchboard.ts';

/** What a leg needs of its thread. Times are ms since the thread's clock began. */
export interface LegSurroundings {
  readonly ports: PortPair;
  readonly options: LegOptions;
  readonly stream: StreamStart;
  readonly cname: string;
  readonly rtcpIntervalMs: number;
  /** Our own payload type of telephone-events. */
  readonly dtmfPayloadType: number;
  readonly elapsedMs: () => number;
  /** Milliseconds since 1970 when the thread's clock began. */
  readonly clockStartMs: number;
  /** 0 to 1. */
  readonly chance: () => number;
  readonly emit: (event: MediaEvent) => void;
  /** What the far side says, to those who hear it. */
  readonly say: (spoken: Spoken) => void;
  readonly recordingFailed: (error: CodedError) => void;
}

/** A leg, from its ports being bound to its closing. */
export class Leg implements Ear {
  readonly #around: LegSurroundings;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #rtcp: RtcpSession;
  /** The one other leg that is heard: what it says is sent on as it comes. */
  #only: string | undefined;
  /** Several that are heard at once, by their legs: they are mixed, tick by tick. */
  readonly #feeds = new Map<string, Feed>();
  #remote: RtpEndpoint | undefined;
  /** The same, where something can be sent there. */
  #reachable: RtpEndpoint | undefined;
  #recorder: LegRecorder | undefined;
  #reportDueMs = Number.POSITIVE_INFINITY;
  #heardMs = 0;
  #controlHeard = false;
  #silenceTold = false;
  #ignoredControl = 0;

  constructor(around: LegSurroundings) {
    this.#around = around;
    const identity: RtcpIdentity = { ssrc: around.stream.ssrc, cname: around.cname };
    this.#rtcp = new RtcpSession(identity);
    this.#outbound = new Outbound(around.stream, around.emit, (codec) => this.#mixed(codec));
    this.#inbound = new Inbound({
      audio: (audio) => {
        this.#recorder?.heard(audio, around.elapsedMs());
        around.say({ type: 'audio', ...audio });
      },
      event: (event) => around.say({ type: 'event', ...event }),
      digit: (digit) => {
        around.emit({ type: 'digit', ...digit });
        for (const event of eventsOf(digit.digit) ?? []) around.say({ type: 'key', event });
      },
    });
    const { rtp, rtcp } = around.ports;
    rtp.on('message', (datagram, source) => this.#hear(datagram, source));
    rtcp.on('message', (datagram, { address }) => this.#hearControl(datagram, address));
    // A send that fails (no route, a full buffer) is a packet lost; the far side's reports count it.
    for (const socket of [rtp, rtcp]) socket.on('error', () => undefined);
  }

  /** Sends to the far side from the next tick on as it wants, and hears what it sends. */
  connect(signalled: RtpEndpoint): void {
    const { options, dtmfPayloadType, rtcpIntervalMs, chance, recordingFailed } = this.#around;
    const remote = { ...signalled, address: canonical(signalled.address) };
    const nowMs = this.#around.elapsedMs();
    const events = remote.dtmfPayloadType === undefined ? [dtmfPayloadType] : [dtmfPayloadType, remote.dtmfPayloadType];
    this.#inbound.listen(remote, events);
    this.#outbound.direct(sendingTo(remote));
    this.#heardMs = nowMs;
    this.#silenceTold = false;
    if (!this.#remote) {
      this.#reportDueMs = nowMs + reportIntervalMs(rtcpIntervalMs, true, chance());
      if (options.recording !== undefined) this.#recorder = new LegRecorder(options.recording, nowMs, recordingFailed);
    }
    this.#remote = remote;
    this.#reachable = reachable(remote) ? remote : undefined;
  }

  /** Plays a prompt from the next tick on that is sent. */
  play(playId: string, prompt: Prompt): void {
    this.#outbound.play(playId, prompt);
  }

  stopPlaying(): void {
    this.#outbound.stop();
  }

  /** Music while the leg is held; undefined: none. */
  loop(music: Prompt | undefined): void {
    this.#outbound.loop(music);
  }

  /** The far side hears these legs from now on, and no other. */
  hear(sources: readonly string[]): void {
    this.#only = sources.length === 1 ? sources[0] : undefined;
    this.#outbound.endRelay();
    const mixed = sources.length > 1 ? sources : [];
    for (const source of this.#feeds.keys()) if (!mixed.includes(source)) this.#feeds.delete(source);
    for (const source of mixed) if (!this.#feeds.has(source)) this.#feeds.set(source, new Feed());
  }

  /** One of them says something. */
  take(source: string, spoken: Spoken): void {
    if (source === this.#only) {
      if (spoken.type !== 'key') this.#relay(spoken);
    } else if (spoken.type === 'audio') this.#feeds.get(source)?.hear(spoken);
    // Whoever is mixed has no stream of his own in which his keys could be: they are pressed again.
    else if (spoken.type === 'key' && this.#feeds.has(source)) this.press([spoken.event], () => undefined);
  }

  /** Sends keys, and calls back when they are out or the leg has ended; false when the far side takes none. */
  press(events: readonly number[], out: () => void): boolean {
    if (this.#remote?.dtmfPayloadType === undefined) return false;
    this.#outbound.press(events, out);
    return true;
  }

  /** Serves a tick; ticks may be skipped. */
  tick(tick: number): void {
    const nowMs = tick * packetMs;
    const packet = this.#outbound.next(tick);
    if (packet) this.#put(packet);
    this.#inbound.expire(nowMs);
    this.#tellSilence(nowMs);
    if (nowMs >= this.#reportDueMs) {
      this.#send('rtcp', this.#rtcp.report(this.#state(), this.#inbound.reception));
      this.#reportDueMs = nowMs + reportIntervalMs(this.#around.rtcpIntervalMs, false, this.#around.chance());
    }
    this.#recorder?.write(nowMs);
  }

  /** Says goodbye, finishes the recording and frees the ports. */
  async close(): Promise<MediaReport> {
    const { rtp, rtcp } = this.#around.ports;
    this.#inbound.end();
    this.#outbound.end();
    const bye = this.#remote && this.#rtcp.bye(this.#state(), this.#inbound.reception);
    if (bye) await new Promise<void>((resolve) => this.#send('rtcp', bye, resolve) || resolve());
    await Promise.all([rtp, rtcp].map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    const recorded = await this.#recorder?.close(this.#around.elapsedMs());
    const { reception } = this.#inbound;
    return {
      packetsSent: this.#outbound.packets,
      packetsReceived: reception.received,
      packetsLost: reception.lost,
      packetsIgnored: this.#inbound.ignored + this.#ignoredControl,
      jitterMs: reception.jitterMs,
      ...this.#rtcp.remote,
      ...(recorded ? { recording: recorded.path } : {}),
      recordedMs: recorded?.recordedMs ?? 0,
      ...(recorded?.error ? { recordingError: recorded.error } : {}),
    };
  }

  #relay(spoken: SpokenAudio | SpokenEvent): void {
    const packet = this.#outbound.relay(spoken, this.#around.elapsedMs() / packetMs);
    if (packet) this.#put(packet);
  }

  #put({ datagram, audio }: OutboundPacket): void {
    this.#send('rtp', datagram);
    if (audio) this.#recorder?.said(audio);
  }

  #mixed(codec: AudioCodec): Uint8Array | undefined {
    if (this.#feeds.size === 0) return undefined;
    const frames = Array.from(this.#feeds.values(), (feed) => feed.take()).filter((frame) => frame !== undefined);
    return mix(frames, codec);
  }

  #hear(datagram: Buffer, source: { address: string; port: number }): void {
    const nowMs = this.#around.elapsedMs();
    const before = this.#inbound.reception.received;
    this.#inbound.receive(datagram, source, nowMs);
    if (this.#inbound.reception.received === before) return;
    this.#heard(nowMs);
  }

  #hearControl(datagram: Buffer, address: string): void {
    const known = address === this.#remote?.address;
    if (!known || !this.#rtcp.receive(datagram, this.#unixMs(), this.#inbound.ssrc)) {
      this.#ignoredControl++;
      return;
    }
    this.#controlHeard = true;
    this.#heard(this.#around.elapsedMs());
  }

  #heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#silenceTold = false;
  }

  #tellSilence(nowMs: number): void {
    const { silenceMs } = this.#around.options;
    const direction = this.#remote?.direction;
    const speaks = direction === 'sendrecv' || direction === 'sendonly';
    // Only of one that sends reports it is known that no packet at all means nobody.
    const spoke = this.#controlHeard && this.#inbound.reception.received > 0;
    const silentMs = nowMs - this.#heardMs;
    if (silenceMs === undefined || !speaks || !spoke || this.#silenceTold || silentMs < silenceMs) return;
    this.#silenceTold = true;
    this.#around.emit({ type: 'silence', silentMs: Math.round(silentMs) });
  }

  /** Says whether there is an address to send to; Node throws where there is none. */
  #send(which: keyof PortPair, datagram: Buffer, sent?: () => void): boolean {
    const { address, port } = this.#reachable ?? {};
    const portThere = port && port + (which === 'rtp' ? 0 : 1);
    if (!portThere || portThere > 65_535) return false;
    this.#around.ports[which].send(datagram, portThere, address, sent);
    return true;
  }

  #unixMs(): number {
    return this.#around.clockStartMs + this.#around.elapsedMs();
  }

  #state(): StreamState {
    return {
      unixMs: this.#unixMs(),
      timestamp: this.#outbound.timestampAt(this.#around.elapsedMs() / packetMs),
      packets: this.#outbound.packets,
      octets: this.#outbound.octets,
      remoteSsrc: this.#inbound.ssrc,
    };
  }
}

/** How to send to a far side, if at all: not to one that only sends or is inactive (RFC 3264, 8.4). */
function sendingTo(remote: RtpEndpoint): Sending | undefined {
  const { codecs, direction, dtmfPayloadType } = remote;
  const [codec] = codecs;
  const listens = direction === 'sendrecv' || direction === 'recvonly';
  if (!listens || !codec || !reachable(remote)) return undefined;
  return dtmfPayloadType === undefined ? { codec } : { codec, dtmfPayloadType };
}

/** Not the port 0 of a refused stream, and not 0.0.0.0, which older holds say (RFC 3264, 6 and 8.4). */
function reachable(remote: RtpEndpoint): boolean {
  const { address, port } = remote;
  return isIP(address) !== 0 && address !== '0.0.0.0' && address !== '::' && port > 0 && port <= 65_535;
}

/** An address as the sockets write it: IPv6 has several spellings (RFC 5952). */
function canonical(address: string): string {
  const version = isIP(address);
  return version === 0 ? address : new SocketAddress({ address, family: version === 6 ? 'ipv6' : 'ipv4' }).address;
}
