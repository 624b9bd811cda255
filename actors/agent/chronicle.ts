/** What the history of an agent is read with: by its actor, and by all who replay it. Upcasters of old events go here. */
import { agentProtocol } from '#proto/generated/agent.ts';
import { evolve, initial } from './state.ts';

export const agentChronicle = { protocol: agentProtocol, initial, evolve };
