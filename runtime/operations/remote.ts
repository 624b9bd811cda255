/** The operations of a node, asked over the bus; of this one, where it is asked for itself. */
import type { ServiceBroker } from 'moleculer';
import { codeOf, FatalError, isRetryable, RetryableError } from '#ports/errors.ts';
import type { Operations } from './operations.ts';
import { operationsService } from './service.ts';

/** A person waits. */
const timeoutMs = 3000;

/** Each throws NODE_UNREACHABLE (retryable) where the node does not answer, besides what it throws itself. */
export function remoteOperations(broker: Pick<ServiceBroker, 'call'>, nodeID: string): Operations {
  const call = async (action: keyof Operations, params: object): Promise<never> => {
    try {
      const options = { nodeID, timeout: timeoutMs, retries: 0 };
      return (await broker.call(`${operationsService}.${action}`, params, options)) as never;
    } catch (error) {
      throw ours(nodeID, error);
    }
  };
  return {
    load: () => call('load', {}),
    activations: (query) => call('activations', query),
    inspect: (ref) => call('inspect', ref),
    events: (query) => call('events', query),
    streams: (query) => call('streams', query),
    order: (order) => call('order', order),
  };
}

/** An error of ours has lost its class on the way; any other says that the node could not answer. */
function ours(node: string, error: unknown): Error {
  const code = codeOf(error);
  const { message, name } = error as Error;
  if (code) {
    return isRetryable(error)
      ? new RetryableError(code, message, { cause: error })
      : new FatalError(code, message, { cause: error });
  }
  if (name === 'ValidationError') return error as Error;
  return new RetryableError('NODE_UNREACHABLE', `Node ${node} does not answer: look whether it is there with nodes.`, {
    cause: error,
  });
}
