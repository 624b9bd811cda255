/** One call at the practice carrier: its script performed over SIP and RTP. */
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Invitation } from '#adapters/sip/invitation.ts';
import type { Logger } from '#ports/logger.ts';
import type { LegOptions, Media, RtpEndpoint } from '#ports/media.ts';
import type { Step, TimedStep } from './people.ts';

export interface Stage {
  readonly media: Media;
  /** Every wait is multiplied by it. */
  readonly timeScale: number;
  readonly logger: Logger;
  /** The WAV to write: left what this side of the call heard, right what it said. */
  readonly recording?: string;
}

/** Where the nth call of somebody is recorded; nowhere without a folder. */
export function recordedIn(folder: string | undefined, name: string, attempt: number): Pick<Stage, 'recording'> {
  if (folder === undefined) return {};
  return { recording: join(folder, `${name.replace(/[^A-Za-z0-9._+-]/g, '_')}.${attempt}.wav`) };
}

/** What a performance needs of an invitation. */
export type Caller = Pick<
  Invitation,
  'callId' | 'offer' | 'listen' | 'ring' | 'answer' | 'reject' | 'hangUp' | 'forget'
>;

/**
 * Performs a script, which may be endless, until its end or the call's, whichever comes first; then nothing of the call is left. Never
 * rejects: what fails is logged.
 */
export async function perform(caller: Caller, script: Iterable<TimedStep>, stage: Stage): Promise<void> {
  const call = new Call(caller, stage);
  try {
    for (const { waitMs, step } of script) {
      await after(waitMs * stage.timeScale, undefined, { signal: call.over });
      // A step may wait for what a call that is over never does, as for a held one's keys to be out.
      await Promise.race([call.take(step), call.ended]);
    }
  } catch (error) {
    if (!call.over.aborted) stage.logger.error({ callId: caller.callId, err: error }, 'practice call failed');
  }
  caller.hangUp();
  await stage.media.close(caller.callId);
}

class Call {
  /** Aborted when the call ends. */
  readonly over: AbortSignal;
  /** Resolves when the call ends. */
  readonly ended: Promise<void>;
  readonly #caller: Caller;
  readonly #media: Media;
  readonly #options: LegOptions;
  readonly #end: () => void;
  #spoken: Promise<void> = Promise.resolve();
  #finishSpeaking = () => {};

  constructor(caller: Caller, { media, recording }: Stage) {
    const ending = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = ending.signal;
    this.ended = promise;
    this.#caller = caller;
    this.#media = media;
    this.#options = recording === undefined ? {} : { recording };
    this.#end = () => {
      ending.abort();
      resolve();
    };
    caller.listen((event) => {
      if (event.type !== 'acknowledged' && event.type !== 'media-changed') this.#end();
      else if (event.media) void this.#connect(event.media);
    });
  }

  async take(step: Step): Promise<void> {
    const { callId } = this.#caller;
    switch (step.type) {
      case 'ring':
        return this.#caller.ring();
      case 'reject':
        this.#caller.reject(step.sipStatus, { reason: step.reason });
        return;
      case 'answer':
        return this.#answer();
      case 'say':
        return this.#say(step.voice);
      case 'finish-speaking':
        return this.#spoken;
      case 'press':
        return this.#media.sendDigits(callId, step.digits);
      case 'hang-up':
        return this.#caller.hangUp();
      case 'forget':
        return this.#caller.forget();
    }
  }

  async #answer(): Promise<void> {
    const side = await this.#media.open(this.#caller.callId, this.#options, (event) => {
      if (event.type === 'prompt-ended') this.#finishSpeaking();
      else if (event.type === 'lost') this.#end();
    });
    if (this.#caller.offer) await this.#connect(this.#caller.offer);
    this.#caller.answer(side);
  }

  async #connect(remote: RtpEndpoint): Promise<void> {
    await this.#media.connect(this.#caller.callId, remote);
  }

  async #say(voice: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#spoken = promise;
    this.#finishSpeaking = resolve;
    await this.#media.play(this.#caller.callId, voice, join(import.meta.dirname, 'voices', `${voice}.wav`));
  }
}
