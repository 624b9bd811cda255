/** One leg in its media thread: joins the two halves of its stream to sockets, RTCP and the recording. */
import { isIP } from 'node:net';
import type { CodedError } from '#ports/errors.ts';
import type { LegOptions, MediaEvent, MediaReport, RtpEndpoint } from '#ports/media.ts';
import { Inbound } from './inbound.ts';
import { Outbound, type Sending, type StreamStart } from './outbound.ts';
import { packetMs, packetSamples } from './pace.ts';
import type { PortPair } from './port-pair.ts';
import { Recording } from './recording.ts';
import { lateSamples, RecordingTimeline } from './recording-timeline.ts';
import { type RtcpIdentity, RtcpSession, reportIntervalMs, type StreamState } from './rtcp-session.ts';

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
  readonly recordingFailed: (error: CodedError) => void;
}

interface OpenRecording {
  readonly file: Recording;
  readonly timeline: RecordingTimeline;
  /** The media clock, in samples, when it began. */
  readonly start: number;
  /** Position taken from the timeline so far. */
  taken: number;
}

const samplesPerMs = 8;
const blockSamples = 8_000;

/** A leg, from its ports being bound to its closing. */
export class Leg {
  readonly #around: LegSurroundings;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #rtcp: RtcpSession;
  #remote: RtpEndpoint | undefined;
  #recording: OpenRecording | undefined;
  #reportDueMs = Number.POSITIVE_INFINITY;
  #heardMs = 0;
  #silenceTold = false;
  #ignoredControl = 0;

  constructor(around: LegSurroundings) {
    this.#around = around;
    const identity: RtcpIdentity = { ssrc: around.stream.ssrc, cname: around.cname };
    this.#rtcp = new RtcpSession(identity);
    this.#outbound = new Outbound(around.stream, around.emit);
    this.#inbound = new Inbound({
      audio: ({ codec, payload, timestamp }) => {
        this.#recording?.timeline.heard(codec, payload, timestamp, this.#recordingPosition(around.elapsedMs()));
      },
      digit: (digit) => around.emit({ type: 'digit', ...digit }),
    });
    const { rtp, rtcp } = around.ports;
    rtp.on('message', (datagram, source) => this.#hear(datagram, source));
    rtcp.on('message', (datagram, { address }) => this.#hearControl(datagram, address));
    // A send that fails (no route, a full buffer) is a packet lost; the far side's reports count it.
    for (const socket of [rtp, rtcp]) socket.on('error', () => undefined);
  }

  /** Sends to the far side from the next tick on as it wants, and hears what it sends. */
  connect(remote: RtpEndpoint): void {
    const { options, dtmfPayloadType, rtcpIntervalMs, chance } = this.#around;
    const nowMs = this.#around.elapsedMs();
    const events = remote.dtmfPayloadType === undefined ? [dtmfPayloadType] : [dtmfPayloadType, remote.dtmfPayloadType];
    this.#inbound.listen(remote.address, events);
    this.#outbound.direct(sendingTo(remote));
    this.#heardMs = nowMs;
    if (!this.#remote) {
      this.#reportDueMs = nowMs + reportIntervalMs(rtcpIntervalMs, true, chance());
      if (options.recording !== undefined) this.#recording = this.#record(options.recording, nowMs);
    }
    this.#remote = remote;
  }

  /** The prompt and the digits to send. */
  get outbound(): Outbound {
    return this.#outbound;
  }

  /** Serves a tick; ticks may be skipped. */
  tick(tick: number): void {
    const nowMs = tick * packetMs;
    const packet = this.#outbound.next(tick);
    if (packet) {
      this.#send('rtp', packet.datagram);
      if (packet.audio && this.#recording) {
        const { codec, payload } = packet.audio;
        this.#recording.timeline.said(codec, payload, tick * packetSamples - this.#recording.start);
      }
    }
    this.#inbound.expire(nowMs);
    this.#tellSilence(nowMs);
    if (nowMs >= this.#reportDueMs) {
      this.#send('rtcp', this.#rtcp.report(this.#state(), this.#inbound.reception));
      this.#reportDueMs = nowMs + reportIntervalMs(this.#around.rtcpIntervalMs, false, this.#around.chance());
    }
    this.#writeRecording(this.#recordingPosition(nowMs) - lateSamples, blockSamples);
  }

  /** Says goodbye, finishes the recording and frees the ports. */
  async close(): Promise<MediaReport> {
    const { rtp, rtcp } = this.#around.ports;
    this.#inbound.end();
    this.#outbound.end();
    const bye = this.#remote && this.#rtcp.bye(this.#state(), this.#inbound.reception);
    if (bye) await new Promise<void>((resolve) => this.#send('rtcp', bye, resolve));
    await Promise.all([rtp, rtcp].map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    this.#writeRecording(this.#recordingPosition(this.#around.elapsedMs()), 0);
    const recorded = await this.#recording?.file.close();
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

  #hear(datagram: Buffer, source: { address: string; port: number }): void {
    const nowMs = this.#around.elapsedMs();
    const before = this.#inbound.reception.received;
    this.#inbound.receive(datagram, source, nowMs);
    if (this.#inbound.reception.received === before) return;
    this.#heardMs = nowMs;
    this.#silenceTold = false;
  }

  #hearControl(datagram: Buffer, address: string): void {
    const known = address === this.#remote?.address;
    if (!known || !this.#rtcp.receive(datagram, this.#unixMs(), this.#inbound.ssrc)) this.#ignoredControl++;
  }

  #tellSilence(nowMs: number): void {
    const { silenceMs } = this.#around.options;
    const direction = this.#remote?.direction;
    const speaks = direction === 'sendrecv' || direction === 'sendonly';
    const silentMs = nowMs - this.#heardMs;
    if (silenceMs === undefined || !speaks || this.#silenceTold || silentMs < silenceMs) return;
    this.#silenceTold = true;
    this.#around.emit({ type: 'silence', silentMs: Math.round(silentMs) });
  }

  #send(which: keyof PortPair, datagram: Buffer, sent?: () => void): void {
    const { address, port } = this.#remote as RtpEndpoint;
    this.#around.ports[which].send(datagram, which === 'rtp' ? port : port + 1, address, sent);
  }

  #record(path: string, nowMs: number): OpenRecording {
    const file = new Recording(path, this.#around.recordingFailed);
    return { file, timeline: new RecordingTimeline(), start: Math.round(nowMs * samplesPerMs), taken: 0 };
  }

  #recordingPosition(elapsedMs: number): number {
    return Math.round(elapsedMs * samplesPerMs) - (this.#recording?.start ?? 0);
  }

  /** Writes what lies before a position once it is at least that much. */
  #writeRecording(end: number, atLeast: number): void {
    const recording = this.#recording;
    if (!recording || end - recording.taken < atLeast) return;
    recording.file.write(recording.timeline.take(end));
    recording.taken = Math.max(end, recording.taken);
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

/**
 * How to send to a far side, if at all: not to one that only sends or is inactive, nor to the port 0 or the address
 * 0.0.0.0 of older holds (RFC 3264, 8.2 and 8.4).
 */
function sendingTo({ address, port, codecs, direction, dtmfPayloadType }: RtpEndpoint): Sending | undefined {
  const [codec] = codecs;
  const listens = direction === 'sendrecv' || direction === 'recvonly';
  if (!listens || !codec || port === 0 || isIP(address) === 0 || address === '0.0.0.0') return undefined;
  return dtmfPayloadType === undefined ? { codec } : { codec, dtmfPayloadType };
}
