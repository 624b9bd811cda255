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

/** What becomes of a call: one of the two is told, once. Promises in between would be a tenth of what a call costs. */
export interface Outcome {
  came(data: unknown): void;
  failed(error: unknown): void;
}

type Pending = Promise<unknown> & { readonly ctx?: { readonly id: string } };

class Request implements Waiting {
  dueAtMs = 0;
  isOver = false;
  readonly #broker: ServiceBroker;
  readonly #pending: Pending;
  readonly #outcome: Outcome;

  constructor(broker: ServiceBroker, pending: Pending, outcome: Outcome) {
    this.#broker = broker;
    this.#pending = pending;
    this.#outcome = outcome;
    pending.then(
      (data) => {
        if (this.isOver) return;
        this.isOver = true;
        outcome.came(data);
      },
      (error: unknown) => {
        if (this.isOver) return;
        this.isOver = true;
        outcome.failed(error);
      },
    );
  }

  expire(): void {
    this.isOver = true;
    const id = this.#pending.ctx?.id;
    if (id !== undefined) this.#broker.transit?.removePendingRequest(id);
    this.#outcome.failed(new RequestTimeout('Nothing came in time.'));
  }
}

/** It fails with RequestTimeout, and with what `broker.call` throws when the node is gone or refuses. */
export function request(
  broker: ServiceBroker,
  deadlines: Deadlines,
  target: { readonly nodeId: string; readonly action: string; readonly timeoutMs: number },
  params: unknown,
  outcome: Outcome,
): void {
  const options = { nodeID: target.nodeId, timeout: 0, retries: 0 };
  const made = new Request(broker, broker.call<unknown, unknown>(target.action, params, options), outcome);
  deadlines.add(target.timeoutMs, made);
}
