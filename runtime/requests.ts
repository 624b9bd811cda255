/**
 * Calls of another node's action that end in time. Moleculer would set a timer for each, on both sides; one queue for
 * all with the same patience (deadlines.ts) costs a fraction of that.
 */
import type { ServiceBroker } from 'moleculer';
import type { Deadlines, Waiting } from './deadlines.ts';

/** Thrown where nothing came in time. */
export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout';
}

type Pending = Promise<unknown> & { readonly ctx?: { readonly id: string } };

class Request implements Waiting {
  dueAtMs = 0;
  isOver = false;
  readonly settled: Promise<unknown>;
  readonly #broker: ServiceBroker;
  readonly #pending: Pending;
  #reject: (error: unknown) => void = () => undefined;

  constructor(broker: ServiceBroker, pending: Pending) {
    this.#broker = broker;
    this.#pending = pending;
    this.settled = new Promise((resolve, reject) => {
      this.#reject = reject;
      pending.then(
        (data) => {
          this.isOver = true;
          resolve(data);
        },
        (error: unknown) => {
          this.isOver = true;
          reject(error);
        },
      );
    });
  }

  expire(): void {
    this.isOver = true;
    const id = this.#pending.ctx?.id;
    if (id !== undefined) this.#broker.transit?.removePendingRequest(id);
    this.#reject(new RequestTimeout('Nothing came in time.'));
  }
}

/** @throws RequestTimeout, and what `broker.call` throws when the node is gone or refuses. */
export function request(
  broker: ServiceBroker,
  deadlines: Deadlines,
  target: { readonly nodeId: string; readonly action: string; readonly timeoutMs: number },
  params: unknown,
): Promise<unknown> {
  const options = { nodeID: target.nodeId, timeout: 0, retries: 0 };
  const made = new Request(broker, broker.call<unknown, unknown>(target.action, params, options));
  deadlines.add(target.timeoutMs, made);
  return made.settled;
}
