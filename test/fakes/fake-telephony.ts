/** A telephone network that is not there: what a test says happens in it. */
import { type ErrorCode, FatalError, RetryableError } from '#ports/errors.ts';
import type {
  DialRequest,
  PhoneCall,
  Telephony,
  TelephonyEvent,
  TelephonyListener,
  TrunkCall,
  TrunkHealth,
  TrunkSettings,
} from '#ports/telephony.ts';

interface Call {
  readonly listener: TelephonyListener;
  answered: boolean;
}

export class FakeTelephony implements Telephony {
  /** Every attempt that was dialed. */
  readonly dialed: TrunkCall[] = [];
  /** Every phone of the house that was called. */
  readonly phones: PhoneCall[] = [];
  /** Every transfer that was asked for. */
  readonly transfers: { readonly callId: string; readonly target: string }[] = [];
  /** Why transfers fail; they succeed when absent. */
  transferFault: Extract<ErrorCode, 'TRANSFER_FAILED' | 'TRANSFER_REFUSED'> | undefined;
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
    if ('uri' in request) mustBeUri(request.uri);
    else this.#mustKnow(request.trunkId);
    if (this.#calls.has(request.callId)) return;
    this.#calls.set(request.callId, { listener, answered: false });
    if ('uri' in request) this.phones.push(request);
    else this.dialed.push(request);
    this.#onDial(request.callId);
  }

  async hangUp(callId: string): Promise<void> {
    this.hungUp.push(callId);
    this.#end(callId);
  }

  async transfer(callId: string, target: string, progress: (sipStatus: number) => void = () => {}): Promise<void> {
    mustBeUri(target);
    this.transfers.push({ callId, target });
    if (!this.#calls.get(callId)?.answered || this.transferFault === 'TRANSFER_REFUSED') {
      throw new FatalError('TRANSFER_REFUSED', `The far side of the call ${callId} takes no transfer.`);
    }
    progress(100);
    if (this.transferFault) throw new RetryableError(this.transferFault, `The call ${callId} was not transferred.`);
    progress(200);
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

function mustBeUri(uri: string): void {
  if (!/^sip:[^\s<>]+$/.test(uri)) throw new FatalError('PHONE_UNKNOWN', 'The address of a phone is no SIP URI.');
}
