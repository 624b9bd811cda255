/** Which nodes went out of this one's sight without saying that they leave, and when. */
import type { ServiceBroker } from 'moleculer';
import type { SteadyClock } from '#ports/clock.ts';

/** As Moleculer says it. */
interface NodeEvent {
  readonly node: { readonly id: string };
  readonly unexpected?: boolean;
}

/** Of more names than that, the first are forgotten. */
const mostKept = 1000;

export class Departures {
  readonly #clock: SteadyClock;
  readonly #sinceMs = new Map<string, number>();

  /** Looks on for as long as the broker lives. */
  constructor({ localBus }: Pick<ServiceBroker, 'localBus'>, clock: SteadyClock) {
    this.#clock = clock;
    localBus.on('$node.disconnected', ({ node, unexpected }: NodeEvent) => this.#gone(node.id, unexpected === true));
    localBus.on('$node.connected', ({ node }: NodeEvent) => this.#sinceMs.delete(node.id));
  }

  /** How long ago, by name, ms. */
  missingMs(): Readonly<Record<string, number>> {
    const nowMs = this.#clock.elapsed();
    return Object.fromEntries([...this.#sinceMs].map(([node, atMs]) => [node, nowMs - atMs]));
  }

  #gone(node: string, unexpected: boolean): void {
    this.#sinceMs.delete(node);
    if (!unexpected) return;
    const [first] = this.#sinceMs.keys();
    if (this.#sinceMs.size >= mostKept && first !== undefined) this.#sinceMs.delete(first);
    this.#sinceMs.set(node, this.#clock.elapsed());
  }
}
