/** What the history of a node is read with: by its actor, and by all who replay it. Upcasters of old events go here. */
import { nodeProtocol } from '#proto/generated/node.ts';
import { evolve, initial } from './state.ts';

export const nodeChronicle = { protocol: nodeProtocol, initial, evolve };
