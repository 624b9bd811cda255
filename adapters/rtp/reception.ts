/** What came of a far side's stream: loss by sequence numbers and jitter (RFC 3550, 6.4.1, A.1, A.3, A.8). */
import { timestampsBetween } from './rtp-packet.ts';

/** A jump ahead of more than this, or back by more than `maxMisorder`, is a restart if the next packet agrees (A.1). */
const maxDropout = 3_000;
const maxMisorder = 100;
const cycle = 65_536;

/** A report block's figures (RFC 3550, 6.4.1). */
export interface ReceptionFigures {
  /** Of the packets expected since the figures were last asked for, in 1/256. */
  readonly fractionLost: number;
  /** Of the present source; may be negative. */
  readonly cumulativeLost: number;
  readonly extendedHighestSequence: number;
  /** In timestamp units, 1/8,000 s. */
  readonly jitter: number;
}

/** What a packet was to its stream: one of it, the first of its restart, or so far off that it is refused. */
export type Counted = 'counted' | 'restarted' | 'refused';

/** Counts one leg's incoming stream, across changes of its source. */
export class Reception {
  #pastExpected = 0;
  #pastReceived = 0;
  #baseSequence = 0;
  #highestSequence = 0;
  #cycles = 0;
  #received = 0;
  #badSequence = -1;
  #priorExpected = 0;
  #priorReceived = 0;
  #transit: number | undefined;
  #jitter = 0;

  /** Begins to count a source, or one that restarted, with the packet of this number still to come. */
  begin(sequence: number): void {
    this.#pastExpected += this.#expected();
    this.#pastReceived += this.#received;
    this.#baseSequence = sequence;
    this.#highestSequence = sequence - 1;
    this.#cycles = 0;
    this.#received = 0;
    this.#badSequence = -1;
    this.#priorExpected = 0;
    this.#priorReceived = 0;
    this.#transit = undefined;
  }

  /** Counts a packet by its number (A.1, update_seq). */
  count(sequence: number): Counted {
    const ahead = (sequence - this.#highestSequence) & 0xffff;
    let counted: Counted = 'counted';
    if (ahead < maxDropout) {
      if (sequence < (this.#highestSequence & 0xffff) && this.#received > 0) this.#cycles += cycle;
      this.#highestSequence = sequence;
    } else if (ahead <= cycle - maxMisorder) {
      if (sequence !== this.#badSequence) {
        this.#badSequence = (sequence + 1) & 0xffff;
        return 'refused';
      }
      this.begin(sequence);
      this.#highestSequence = sequence;
      counted = 'restarted';
    }
    this.#received++;
    return counted;
  }

  /** Takes a packet's timing into the jitter (A.8); not for telephone-events, which repeat their timestamp. */
  time(timestamp: number, arrivalMs: number): void {
    const transit = timestampsBetween(timestamp, Math.round(arrivalMs * 8) >>> 0);
    if (this.#transit !== undefined) {
      this.#jitter += (Math.abs((transit - this.#transit) | 0) - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  /** The figures of a report block; the fraction lost begins anew with every call (A.3). */
  report(): ReceptionFigures {
    const expected = this.#expected();
    const expectedInterval = expected - this.#priorExpected;
    const lostInterval = expectedInterval - (this.#received - this.#priorReceived);
    this.#priorExpected = expected;
    this.#priorReceived = this.#received;
    return {
      fractionLost: expectedInterval > 0 && lostInterval > 0 ? Math.floor((lostInterval * 256) / expectedInterval) : 0,
      cumulativeLost: expected - this.#received,
      extendedHighestSequence: this.#cycles + this.#highestSequence,
      jitter: Math.floor(this.#jitter),
    };
  }

  /** Packets of all sources. */
  get received(): number {
    return this.#pastReceived + this.#received;
  }

  /** Expected less received, of all sources. */
  get lost(): number {
    return this.#pastExpected + this.#expected() - this.received;
  }

  get jitterMs(): number {
    return this.#jitter / 8;
  }

  #expected(): number {
    return this.#received === 0 ? 0 : this.#cycles + this.#highestSequence - this.#baseSequence + 1;
  }
}
