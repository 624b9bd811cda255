/** One call at the practice carrier: its script performed over SIP and RTP. */
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Invitation } from '#adapters/sip/invitation.ts';
import type { Logger } from '#ports/logger.ts';
import type { Media, RtpEndpoint } from '#ports/media.ts';
import type { Script, Step } from './people.ts';

export interface Stage {
  readonly media: Media;
  /** Every wait is multiplied by it. */
  readonly timeScale: number;
  readonly logger: Logger;
}

/** Performs a script until the call is over, whoever ends it. Never rejects: a call that fails is ended and logged. */
export async function perform(invitation: Invitation, script: Script, stage: Stage): Promise<void> {
  const call = new Call(invitation, stage);
  try {
    for (const { waitMs, step } of script) {
      await after(waitMs * stage.timeScale, undefined, { signal: call.over });
      await call.take(step);
    }
  } catch (error) {
    if (!call.over.aborted) {
      stage.logger.error({ callId: invitation.callId, err: error }, 'practice call failed');
      invitation.hangUp();
    }
  }
  await call.ended;
  await stage.media.close(invitation.callId);
}

class Call {
  /** Aborted when the call ends. */
  readonly over: AbortSignal;
  /** Resolves when the call ends. */
  readonly ended: Promise<void>;
  readonly #invitation: Invitation;
  readonly #media: Media;
  readonly #end: () => void;
  #spoken: Promise<void> = Promise.resolve();
  #finishSpeaking = () => {};

  constructor(invitation: Invitation, { media }: Stage) {
    const ending = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = ending.signal;
    this.ended = promise;
    this.#invitation = invitation;
    this.#media = media;
    this.#end = () => {
      ending.abort();
      this.#finishSpeaking();
      resolve();
    };
    invitation.listen((event) => {
      if (event.type === 'canceled' || event.type === 'hung-up') this.#end();
      else if (event.media) void this.#connect(event.media);
    });
  }

  async take(step: Step): Promise<void> {
    const { callId } = this.#invitation;
    switch (step.type) {
      case 'ring':
        return this.#invitation.ring();
      case 'reject':
        this.#invitation.reject(step.sipStatus, { reason: step.reason });
        return this.#end();
      case 'answer':
        return this.#answer();
      case 'say':
        return this.#say(step.voice);
      case 'finish-speaking':
        return this.#spoken;
      case 'press':
        return this.#media.sendDigits(callId, step.digits);
      case 'hang-up':
        return this.#invitation.hangUp();
    }
  }

  async #answer(): Promise<void> {
    const side = await this.#media.open(this.#invitation.callId, {}, (event) => {
      if (event.type === 'prompt-ended') this.#finishSpeaking();
      else if (event.type === 'lost') this.#invitation.hangUp();
    });
    if (this.#invitation.offer) await this.#connect(this.#invitation.offer);
    this.#invitation.answer(side);
  }

  async #connect(remote: RtpEndpoint): Promise<void> {
    await this.#media.connect(this.#invitation.callId, remote);
  }

  async #say(voice: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#spoken = promise;
    this.#finishSpeaking = resolve;
    await this.#media.play(this.#invitation.callId, voice, join(import.meta.dirname, 'voices', `${voice}.wav`));
  }
}
