/** What the history of a trunk is read with: by its actor, and by all who replay it. Upcasters of old events go here. */
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { evolve, initial } from './state.ts';

export const trunkChronicle = { protocol: trunkProtocol, initial, evolve };
