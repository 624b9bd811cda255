/** The media threads of a node: legs are spread over them, and one that dies is replaced. */
import type { Worker } from 'node:worker_threads';
import type { Logger } from '#ports/logger.ts';
import type { MediaEvent } from '#ports/media.ts';
import { ThreadLink } from './thread-link.ts';

export interface CrewListener {
  event(legId: string, event: MediaEvent): void;
  /** A thread died, with every leg in it. */
  died(thread: ThreadLink): void;
}

export class ThreadCrew {
  readonly #size: number;
  readonly #spawn: () => Worker;
  readonly #listener: CrewListener;
  readonly #logger: Logger;
  readonly #threads = new Set<ThreadLink>();
  #spawned = 0;
  #stopping = false;

  constructor(size: number, spawn: () => Worker, listener: CrewListener, logger: Logger) {
    this.#size = size;
    this.#spawn = spawn;
    this.#listener = listener;
    this.#logger = logger;
    this.#fill();
  }

  /** The thread with the fewest legs. */
  choose(): ThreadLink {
    this.#fill();
    return [...this.#threads].reduce((fewest, thread) => (thread.legs < fewest.legs ? thread : fewest));
  }

  /** Ends the threads and whatever is in them. */
  async terminate(): Promise<void> {
    this.#stopping = true;
    await Promise.all(Array.from(this.#threads, (thread) => thread.terminate()));
  }

  #fill(): void {
    while (this.#threads.size < this.#size) {
      const link = new ThreadLink(
        ++this.#spawned,
        this.#spawn(),
        {
          event: (legId, event) => this.#listener.event(legId, event),
          ended: (wasReady) => this.#ended(link, wasReady),
        },
        this.#logger,
      );
      this.#threads.add(link);
    }
  }

  /** One that never got ready is not replaced at once, but when the next leg needs it: it would die again. */
  #ended(link: ThreadLink, wasReady: boolean): void {
    this.#threads.delete(link);
    if (this.#stopping) return;
    this.#logger.error({ legs: link.legs }, 'media thread died, its legs are lost');
    this.#listener.died(link);
    if (wasReady) this.#fill();
  }
}
