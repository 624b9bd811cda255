/** What a node that leaves answers its operators. */
import { LocalOperations, type LocalOperationsOptions } from '#runtime/operations/local.ts';
import type { Obeyed, Order } from '#runtime/operations/operations.ts';

export interface LeavingOptions extends LocalOperationsOptions {
  /** Whether the node was told to leave. */
  isLeaving(): boolean;
}

/** Takes no actors again once it was told to leave: whoever waits until it is empty would cut them off. */
export class LeavingOperations extends LocalOperations {
  readonly #leaving: LeavingOptions;

  constructor(options: LeavingOptions) {
    super(options);
    this.#leaving = options;
  }

  override order(order: Order): Promise<Obeyed> {
    const { runtime, facts, isLeaving } = this.#leaving;
    const { self: life, hosting } = runtime;
    if (!order.hosting || order.life !== life || !isLeaving()) return super.order(order);
    const refusal = `Node ${facts.node} was told to leave: it takes actors again when it is started.`;
    return Promise.resolve({ life, hosting, refusal });
  }
}
