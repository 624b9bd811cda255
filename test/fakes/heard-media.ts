/** A media listener that a test can wait at. */
import type { MediaEvent } from '#ports/media.ts';

export class HeardMedia {
  /** Everything that was heard, in order. */
  readonly events: MediaEvent[] = [];
  readonly #unread: MediaEvent[] = [];
  readonly #waiting = new Set<() => void>();

  readonly listener = (event: MediaEvent): void => {
    this.events.push(event);
    this.#unread.push(event);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  };

  /** The next event of a kind; those of other kinds stay to be waited for. */
  async next<T extends MediaEvent['type']>(type: T): Promise<Extract<MediaEvent, { type: T }>> {
    for (;;) {
      const index = this.#unread.findIndex((event) => event.type === type);
      if (index >= 0) return this.#unread.splice(index, 1)[0] as Extract<MediaEvent, { type: T }>;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }
}
