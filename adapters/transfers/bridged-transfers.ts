/**
 * Transfers that work wherever the target can be called: by REFER where the far side follows one, else by a leg of our
 * own to the target that is bridged with the call, for as long as both last.
 */
import { codeOf, RetryableError } from '#ports/errors.ts';
import type { Media, RtpEndpoint } from '#ports/media.ts';
import type { DialRequest, Telephony, TelephonyEvent, TelephonyListener } from '#ports/telephony.ts';

/** The target has as long to answer as a phone of the house. */
const ringTimeoutMs = 30_000;

export type TransferMedia = Pick<Media, 'open' | 'connect' | 'bridge' | 'close'>;

/** A telephony whose transfers never end with TRANSFER_REFUSED for a call that is up. */
export function withBridgedTransfers(telephony: Telephony, media: TransferMedia): Telephony {
  return new BridgedTransfers(telephony, media);
}

/** A leg to the target of a transfer, from its INVITE on. */
interface TargetLeg {
  readonly legId: string;
  /** The call has nobody else any more. */
  bridged: boolean;
  /** The target, or its media, is gone. */
  over: boolean;
}

class BridgedTransfers implements Telephony {
  readonly #telephony: Telephony;
  readonly #media: TransferMedia;
  /** Calls that were answered and are not over. */
  readonly #up = new Set<string>();
  /** By call. */
  readonly #legs = new Map<string, TargetLeg>();
  #made = 0;

  constructor(telephony: Telephony, media: TransferMedia) {
    this.#telephony = telephony;
    this.#media = media;
  }

  async dial(request: DialRequest, listener: TelephonyListener): Promise<void> {
    const { callId } = request;
    await this.#telephony.dial(request, (event) => {
      if (event.type === 'answered') this.#up.add(callId);
      if (isLast(event)) this.#over(callId);
      listener(event);
    });
  }

  async transfer(callId: string, target: string, progress: (sipStatus: number) => void = () => {}): Promise<void> {
    try {
      await this.#telephony.transfer(callId, target, progress);
    } catch (error) {
      const isBridgeable = codeOf(error) === 'TRANSFER_REFUSED' && this.#up.has(callId) && !this.#legs.has(callId);
      if (!isBridgeable) throw error;
      await this.#bridge(callId, target, progress);
    }
  }

  configureTrunk: Telephony['configureTrunk'] = (settings) => this.#telephony.configureTrunk(settings);
  hangUp: Telephony['hangUp'] = (callId) => this.#telephony.hangUp(callId);
  ping: Telephony['ping'] = (trunkId) => this.#telephony.ping(trunkId);
  close: Telephony['close'] = (graceMs) => this.#telephony.close(graceMs);

  async #bridge(callId: string, target: string, progress: (sipStatus: number) => void): Promise<void> {
    this.#made += 1;
    const leg: TargetLeg = { legId: `${callId}.transfer.${this.#made}`, bridged: false, over: false };
    const { legId } = leg;
    this.#legs.set(callId, leg);
    const answer = Promise.withResolvers<RtpEndpoint>();
    // Nobody may be waiting yet when the target is busy.
    answer.promise.catch(() => undefined);
    const hear = (event: TelephonyEvent): void => {
      if (event.type === 'ringing') progress(event.sipStatus);
      if (event.type === 'answered') answer.resolve(event.media);
      if (event.type === 'media-changed') void this.#media.connect(legId, event.media);
      if (event.type === 'failed') answer.reject(failed(callId, `did not answer (${event.cause})`));
      if (isLast(event)) void this.#targetOver(callId, leg);
    };
    try {
      const media = await this.#media.open(legId, {}, ({ type }) => {
        if (type === 'lost') void this.#telephony.hangUp(legId);
      });
      await this.#telephony.dial({ callId: legId, uri: target, media, ringTimeoutMs }, hear);
      if (!this.#up.has(callId)) await this.#telephony.hangUp(legId);
      await this.#media.connect(legId, await answer.promise);
      if (leg.over) throw failed(callId, 'is gone');
      leg.bridged = true;
      await this.#media.bridge(callId, legId);
      progress(200);
    } catch (error) {
      if (this.#legs.get(callId) === leg) this.#legs.delete(callId);
      await this.#telephony.hangUp(legId);
      await this.#media.close(legId);
      throw error;
    }
  }

  /** Whoever talked with the target has nobody to talk to any more; one it was never bridged with is as before. */
  async #targetOver(callId: string, leg: TargetLeg): Promise<void> {
    leg.over = true;
    await this.#media.close(leg.legId);
    if (!leg.bridged || this.#legs.get(callId) !== leg) return;
    this.#legs.delete(callId);
    await this.#telephony.hangUp(callId);
  }

  #over(callId: string): void {
    this.#up.delete(callId);
    const leg = this.#legs.get(callId);
    this.#legs.delete(callId);
    if (leg) void this.#telephony.hangUp(leg.legId);
  }
}

function failed(callId: string, what: string): RetryableError {
  const message = `The call ${callId} was to be bridged with the target of its transfer, which ${what}: try again, or another target.`;
  return new RetryableError('TRANSFER_FAILED', message);
}

function isLast({ type }: TelephonyEvent): boolean {
  return type === 'failed' || type === 'hung-up';
}
