/** What the history of a call is read with: by its actor, and by all who replay it. Upcasters of old events go here. */
import { callProtocol } from '#proto/generated/call.ts';
import { evolve, initial } from './state.ts';

export const callChronicle = { protocol: callProtocol, initial, evolve };
