/** The operations of a node on the bus, as a Moleculer service that looks at every parameter. */
import type { Context, Service, ServiceBroker } from 'moleculer';
import { mostListed, type Operations } from './operations.ts';

/** A node that has it can be operated; it stays until the node has left. */
export const operationsService = 'operations';

const kind = { type: 'string', pattern: '^[a-z][a-z-]{0,59}$' };
const id = { type: 'string', pattern: '^[A-Za-z0-9._-]{1,200}$' };
const limit = { type: 'number', integer: true, min: 1, max: mostListed };
const count = { type: 'number', integer: true, min: 0 };

const params: { readonly [Name in keyof Operations]: Readonly<Record<string, object>> } = {
  load: {},
  activations: { kind: { ...kind, optional: true }, id: { ...id, optional: true }, limit },
  inspect: { kind, id },
  events: { kind, id, after: count, limit },
  streams: { kind, prefix: { type: 'string', pattern: '^[A-Za-z0-9._-]{0,200}$' }, limit },
  order: { order: count, life: { type: 'string', min: 1, max: 200 }, hosting: { type: 'boolean' } },
};

/** Moleculer answers what does not fit with a ValidationError. */
export function createOperationsService(broker: ServiceBroker, operations: Operations): Service {
  const actions = Object.entries(params).map(([name, schema]) => [
    name,
    {
      params: { ...schema, $$strict: true },
      handler: (context: Context<never>) => operations[name as keyof Operations](context.params),
    },
  ]);
  return broker.createService({ name: operationsService, actions: Object.fromEntries(actions) });
}
