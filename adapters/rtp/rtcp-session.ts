/** One leg's RTCP with one far side: when to report, what, and what is told there (RFC 3550, 6). */
import { compactNtp, ntpOf } from './ntp-time.ts';
import type { Reception } from './reception.ts';
import { type Bye, decodeCompound, encodeBye, encodeCname, encodeReport, type Report } from './rtcp-packet.ts';

/** Who we are to the far side. */
export interface RtcpIdentity {
  readonly ssrc: number;
  /** Chance, new for every leg (RFC 7022, 4.2): it names neither a person nor a machine. */
  readonly cname: string;
}

/** What the session's stream looks like at the time of a report. */
export interface StreamState {
  /** Milliseconds since 1970, with fractions. */
  readonly unixMs: number;
  /** The media clock at that time. */
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
  /** The far side's, undefined before it was heard. */
  readonly remoteSsrc: number | undefined;
}

/** What the far side told of our stream. */
export interface RemoteFigures {
  readonly remoteFractionLost?: number;
  readonly remoteJitterMs?: number;
  readonly roundTripMs?: number;
}

/**
 * Milliseconds to the next report (RFC 3550, 6.2 and A.7). With two members and the RTCP share of one G.711 stream
 * the interval that bandwidth allows is far below the minimum, so the minimum rules: half of it for the first
 * report, spread over 0.5 to 1.5 of itself, and corrected for what reconsideration would converge to.
 */
export function reportIntervalMs(minimumMs: number, initial: boolean, chance: number): number {
  return ((initial ? minimumMs / 2 : minimumMs) * (chance + 0.5)) / (Math.E - 1.5);
}

/** Pure: the caller owns the clock, the chance and the socket. */
export class RtcpSession {
  readonly #identity: RtcpIdentity;
  #remote: RemoteFigures = {};
  #lastSenderReport = 0;
  #lastSenderReportMs = 0;
  /** Whose it was. */
  #lastSender: number | undefined;
  #packetsReported: readonly number[] = [0, 0];
  #spoke = false;

  constructor(identity: RtcpIdentity) {
    this.#identity = identity;
  }

  /** A compound packet of a report and the CNAME. An SR if we sent since the last report but one (6.4). */
  report(state: StreamState, reception: Reception): Buffer {
    this.#spoke = true;
    const { ssrc, cname } = this.#identity;
    const { unixMs, timestamp, packets, octets, remoteSsrc } = state;
    const [beforeLast = 0, last = 0] = this.#packetsReported;
    this.#packetsReported = [last, packets];
    const blocks = remoteSsrc === undefined ? [] : [this.#block(remoteSsrc, unixMs, reception)];
    const head =
      packets > beforeLast
        ? { ssrc, blocks, sender: { ...ntpOf(unixMs), timestamp, packets, octets } }
        : { ssrc, blocks };
    return Buffer.concat([encodeReport(head), encodeCname(ssrc, cname)]);
  }

  /** The last report and a BYE; undefined where nothing was ever sent (6.3.7). */
  bye(state: StreamState, reception: Reception): Buffer | undefined {
    if (!this.#spoke && state.packets === 0) return undefined;
    return Buffer.concat([this.report(state, reception), encodeBye(this.#identity.ssrc)]);
  }

  /**
   * Takes a datagram from the far side's RTCP; false when it is none. Its clock is believed only of the stream that
   * is heard, what it tells of ours only under our SSRC: neither can be guessed from afar.
   */
  receive(datagram: Buffer, unixMs: number, remoteSsrc: number | undefined): boolean {
    const packets = decodeCompound(datagram);
    for (const packet of packets ?? []) this.#take(packet, unixMs, remoteSsrc);
    return packets !== undefined;
  }

  /** What the far side told last. */
  get remote(): RemoteFigures {
    return this.#remote;
  }

  #take(packet: Report | Bye, unixMs: number, remoteSsrc: number | undefined): void {
    if (packet.type === 'bye') return;
    if (packet.sender && packet.ssrc === remoteSsrc) {
      this.#lastSenderReport = compactNtp(packet.sender);
      this.#lastSenderReportMs = unixMs;
      this.#lastSender = packet.ssrc;
    }
    const block = packet.blocks.find(({ ssrc }) => ssrc === this.#identity.ssrc);
    if (!block) return;
    const roundTripMs = roundTrip(unixMs, block.lastSenderReport, block.delaySinceLastSenderReport);
    this.#remote = {
      ...this.#remote,
      remoteFractionLost: block.fractionLost / 256,
      remoteJitterMs: block.jitter / 8,
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
    };
  }

  #block(ssrc: number, unixMs: number, reception: Reception) {
    const heard = ssrc === this.#lastSender;
    return {
      ssrc,
      ...reception.report(),
      lastSenderReport: heard ? this.#lastSenderReport : 0,
      delaySinceLastSenderReport: heard ? Math.round((unixMs - this.#lastSenderReportMs) * 65.536) : 0,
    };
  }
}

/** A − LSR − DLSR (6.4.1, figure 2); undefined where the far side had no SR, or its figures cannot be. */
function roundTrip(unixMs: number, lastSenderReport: number, delay: number): number | undefined {
  if (lastSenderReport === 0) return undefined;
  const compact = (compactNtp(ntpOf(unixMs)) - lastSenderReport - delay) | 0;
  return compact < 0 ? undefined : compact / 65.536;
}
