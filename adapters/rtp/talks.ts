/** Legs brought together and parted: what the port calls bridge, hold, mute and monitor, in terms of hearing and music. */
import type { Media, MonitorMode } from '#ports/media.ts';
import type { PromptShelf } from './prompt-shelf.ts';
import type { Prompt } from './prompts.ts';
import { type ThreadOf, Wiring } from './wiring.ts';

/** What talks need of the plane's legs. */
export interface TalkingLegs {
  readonly threadOf: ThreadOf;
  /** Does something when it is the turn of each of these legs, if all of them are open then. */
  together(legIds: readonly string[], work: () => Promise<void>): Promise<void>;
  isOpen(legId: string): boolean;
}

type Bridging = Pick<Media, 'bridge' | 'unbridge' | 'hold' | 'retrieve' | 'mute' | 'monitor'>;

export class Talks implements Bridging {
  readonly #legs: TalkingLegs;
  readonly #prompts: PromptShelf;
  readonly #wiring: Wiring;

  constructor(legs: TalkingLegs, prompts: PromptShelf) {
    this.#legs = legs;
    this.#prompts = prompts;
    this.#wiring = new Wiring(legs.threadOf);
  }

  async bridge(legA: string, legB: string): Promise<void> {
    const legIds = [legA, legB];
    await this.#legs.together(legIds, async () => {
      const silenced = legIds.map((legId) => this.#loop(legId));
      await this.#wiring.change(legIds, (hearing) => hearing.bridge(legA, legB));
      await Promise.all(silenced);
    });
  }

  async unbridge(legId: string): Promise<void> {
    await this.#legs.together([legId], async () => {
      const silenced = this.#loop(legId);
      await this.#wiring.change([legId], (hearing) => hearing.unbridge(legId));
      await silenced;
    });
  }

  async hold(legId: string, path?: string): Promise<void> {
    await this.#legs.together([legId], async () => {
      const music = path === undefined ? undefined : await this.#prompts.take(path);
      if (!this.#legs.isOpen(legId)) return;
      const playing = this.#loop(legId, music);
      await this.#wiring.change([legId], (hearing) => hearing.hold(legId));
      await playing;
    });
  }

  async retrieve(legId: string): Promise<void> {
    await this.#legs.together([legId], async () => {
      const silenced = this.#loop(legId);
      await this.#wiring.change([legId], (hearing) => hearing.retrieve(legId));
      await silenced;
    });
  }

  async mute(legId: string, muted: boolean): Promise<void> {
    const change = () => this.#wiring.change([legId], (hearing) => hearing.mute(legId, muted));
    await this.#legs.together([legId], change);
  }

  async monitor(supervisorLeg: string, attended: string, mode: MonitorMode): Promise<void> {
    const legIds = [supervisorLeg, attended];
    const change = () => this.#wiring.change(legIds, (hearing) => hearing.monitor(supervisorLeg, attended, mode));
    await this.#legs.together(legIds, change);
  }

  /** A leg is closing, or lost. */
  async leave(legId: string): Promise<void> {
    await this.#wiring.change([legId], (hearing) => hearing.remove(legId));
  }

  async #loop(legId: string, music?: Prompt): Promise<void> {
    await this.#legs.threadOf(legId)?.ask('loop', music ? { legId, music } : { legId });
  }
}
