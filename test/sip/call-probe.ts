/** One dialed call as a test sees it: its events as they come, and a wait for the next that matters. */
import type { RtpEndpoint } from '#ports/media.ts';
import type { Telephony, TelephonyEvent, TrunkCall } from '#ports/telephony.ts';

/** Our side of the media in every test; nothing listens there. */
export const ourMedia: RtpEndpoint = {
  address: '127.0.0.1',
  port: 40_000,
  codecs: ['PCMU', 'PCMA'],
  dtmfPayloadType: 101,
  direction: 'sendrecv',
};

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

type EventOf<T extends TelephonyEvent['type']> = Extract<TelephonyEvent, { type: T }>;

export class CallProbe {
  readonly callId: string;
  readonly events: TelephonyEvent[] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(callId: string) {
    this.callId = callId;
  }

  /** Dials over trunk `t`. */
  static async dial(telephony: Telephony, request: Partial<TrunkCall> = {}): Promise<CallProbe> {
    const probe = new CallProbe(request.callId ?? 'call-1');
    await telephony.dial(
      {
        callId: probe.callId,
        trunkId: 't',
        number: '+8613800001234',
        media: ourMedia,
        ringTimeoutMs: 20_000,
        ...request,
      },
      (event) => probe.#hear(event),
    );
    return probe;
  }

  /** Calls a phone of the house. */
  static async ring(telephony: Telephony, uri: string, callId = 'call-1'): Promise<CallProbe> {
    const probe = new CallProbe(callId);
    await telephony.dial({ callId, uri, media: ourMedia, ringTimeoutMs: 20_000 }, (event) => probe.#hear(event));
    return probe;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** The first event of a type, now or later; the test's own time limit ends a wait in vain. */
  async next<T extends TelephonyEvent['type']>(type: T): Promise<EventOf<T>> {
    for (;;) {
      const found = this.events.find((event) => event.type === type);
      if (found) return found as EventOf<T>;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #hear(event: TelephonyEvent): void {
    this.events.push(event);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
