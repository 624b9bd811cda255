/** A telephone network that is not there: what a test says happens in it. */
import { FatalError } from '#ports/errors.ts';
import type {
  DialRequest,
  Telephony,
  TelephonyEvent,
  TelephonyListener,
  TrunkHealth,
  TrunkSettings,
} from '#ports/telephony.ts';

interface Call {
  readonly listener: TelephonyListener;
  answered: boolean;
}

export class FakeTelephony implements Telephony {
  /** Every attempt that was dialed. */
  readonly dialed: DialRequest[] = [];
  /** Every call that was to end, whether there was such a call or not. */
  readonly hungUp: string[] = [];
  /** What a ping finds. */
  health: TrunkHealth = { healthy: true, sipStatus: 200, roundTripMs: 1 };
  readonly #trunks = new Set<string>();
  readonly #calls = new Map<string, Call>();
  readonly #onDial: (callId: string) => void;

  /** `onDial` hears of each attempt, and may let things happen. */
  constructor(onDial: (callId: string) => void = () => {}) {
    this.#onDial = onDial;
  }

  /** Something happens in the network; nothing does in a call that is over. */
  happens(callId: string, event: TelephonyEvent): void {
    const call = this.#calls.get(callId);
    if (!call) return;
    if (event.type === 'answered') call.answered = true;
    if (event.type === 'failed' || event.type === 'hung-up') this.#calls.delete(callId);
    call.listener(event);
  }

  async configureTrunk({ trunkId }: TrunkSettings): Promise<void> {
    this.#trunks.add(trunkId);
  }

  async dial(request: DialRequest, listener: TelephonyListener): Promise<void> {
    this.#mustKnow(request.trunkId);
    if (this.#calls.has(request.callId)) return;
    this.#calls.set(request.callId, { listener, answered: false });
    this.dialed.push(request);
    this.#onDial(request.callId);
  }

  async hangUp(callId: string): Promise<void> {
    this.hungUp.push(callId);
    this.#end(callId);
  }

  async ping(trunkId: string): Promise<TrunkHealth> {
    this.#mustKnow(trunkId);
    return this.health;
  }

  async close(): Promise<void> {
    for (const callId of this.#calls.keys()) this.#end(callId);
  }

  #end(callId: string): void {
    const answered = this.#calls.get(callId)?.answered ?? false;
    this.happens(
      callId,
      answered
        ? { type: 'hung-up', by: 'us', reason: '' }
        : { type: 'failed', cause: 'canceled', sipStatus: 487, reason: 'Request Terminated' },
    );
  }

  #mustKnow(trunkId: string): void {
    if (!this.#trunks.has(trunkId)) throw new FatalError('TRUNK_UNKNOWN', `The trunk ${trunkId} is not configured.`);
  }
}
