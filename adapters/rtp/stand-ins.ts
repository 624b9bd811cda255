/**
 * Legs of two threads that are to hear each other: one of them gets a stand-in in the other's thread, a pair of legs of
 * our own that are connected over the loop, as two nodes would be. So there is one way of bridging, inside a thread.
 */
import type { RtpEndpoint } from '#ports/media.ts';
import type { ThreadLink } from './thread-link.ts';

export interface StandInPorts {
  open(legId: string, thread: ThreadLink): Promise<RtpEndpoint>;
  connect(legId: string, remote: RtpEndpoint): Promise<void>;
  bridge(thread: ThreadLink, legId: string, other: string): Promise<void>;
  close(legId: string): Promise<void>;
}

interface Pair {
  /** In the other thread. */
  readonly near: string;
  /** Beside the leg that is stood in for. */
  readonly far: string;
}

export class StandIns {
  readonly #ports: StandInPorts;
  readonly #pairs = new Map<string, Pair>();
  #made = 0;

  constructor(ports: StandInPorts) {
    this.#ports = ports;
  }

  /** The leg itself where it is in the thread, else one there that hears and says what it does. */
  async near(legId: string, own: ThreadLink, thread: ThreadLink): Promise<string> {
    if (own === thread) return legId;
    this.#made += 1;
    const pair = { near: `link:${this.#made}:near`, far: `link:${this.#made}:far` };
    this.#pairs.set(legId, pair);
    const [near, far] = await Promise.all([this.#ports.open(pair.near, thread), this.#ports.open(pair.far, own)]);
    await Promise.all([this.#ports.connect(pair.near, far), this.#ports.connect(pair.far, near)]);
    await this.#ports.bridge(own, pair.far, legId);
    return pair.near;
  }

  /** Nobody stands in for the leg any more. */
  async dismiss(legId: string): Promise<void> {
    const pair = this.#pairs.get(legId);
    if (!pair) return;
    this.#pairs.delete(legId);
    await Promise.all([pair.near, pair.far].map((each) => this.#ports.close(each)));
  }
}
