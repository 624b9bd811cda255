import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '#ports/clock.ts';

/** How long an address is used before the resolver is asked again. */
const freshMs = 30_000;
const hostsKept = 1000;

type Callback = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;
/** The resolver of the system, as `dns.lookup` is called. */
export type Resolve = (host: string, family: number, callback: Callback) => void;

/**
 * Host names to addresses, remembered for half a minute: each datagram asks. When the resolver fails, the last
 * address known is used on. An address is its own answer, given at once.
 */
export class HostCache {
  readonly #clock: Clock;
  readonly #resolve: Resolve;
  readonly #known = new Map<string, { readonly address: string; readonly family: number; readonly atMs: number }>();

  /** `resolve` is the system's resolver when absent. */
  constructor(clock: Clock, resolve: Resolve = (host, family, callback) => lookup(host, { family }, callback)) {
    this.#clock = clock;
    this.#resolve = resolve;
  }

  /** Calls back with an address of `family` (4 or 6), perhaps before it returns. */
  lookup(host: string, family: number, callback: Callback): void {
    const literal = isIP(host);
    if (literal !== 0) {
      callback(null, host, literal);
      return;
    }
    const known = this.#known.get(host);
    if (known && this.#clock.now() - known.atMs < freshMs) {
      callback(null, known.address, known.family);
      return;
    }
    this.#resolve(host, family, (error, address, found) => {
      if (error && known) callback(null, known.address, known.family);
      else if (error) callback(error, '', 0);
      else {
        if (this.#known.size >= hostsKept) this.#known.clear();
        this.#known.set(host, { address, family: found, atMs: this.#clock.now() });
        callback(null, address, found);
      }
    });
  }
}
