import type { FloodGuard } from './flood-guard.ts';
import type { HostCache, Resolve } from './host-cache.ts';

/**
 * The hosts of our gateways. Each address that such a name leads to when we send there is trusted from then on:
 * a name moves, stands for several addresses in turn, or has none while the resolver is down.
 */
export class GatewayNames {
  readonly #hosts: HostCache;
  readonly #family: number;
  readonly #flood: FloodGuard;
  readonly #names = new Set<string>();

  /** `family` is 4 or 6, that of our socket. */
  constructor(hosts: HostCache, family: number, flood: FloodGuard) {
    this.#hosts = hosts;
    this.#family = family;
    this.#flood = flood;
  }

  /** Trusts the host from now on, where it is and wherever it moves. */
  trust(host: string): void {
    this.#names.add(host);
    this.lookUp(host, () => {});
  }

  /** The address to send to; for any host, ours or not. */
  lookUp(host: string, callback: Parameters<Resolve>[2]): void {
    this.#hosts.lookup(host, this.#family, (error, address, family) => {
      if (!error && this.#names.has(host)) this.#flood.trust(address);
      callback(error, address, family);
    });
  }
}
