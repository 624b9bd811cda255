/** Every kind of actor, as far as its history goes: what a replay needs, and no port. */
import { agentChronicle } from '#actors/agent/chronicle.ts';
import { callChronicle } from '#actors/call/chronicle.ts';
import { campaignChronicle } from '#actors/campaign/chronicle.ts';
import { contactChronicle } from '#actors/contact/chronicle.ts';
import { nodeChronicle } from '#actors/node/chronicle.ts';
import { trunkChronicle } from '#actors/trunk/chronicle.ts';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { type Chronicle, chronicle } from '#runtime/actor.ts';
import * as deadLetters from '#runtime/dead-letters/state.ts';

export const kinds: readonly Chronicle[] = [
  chronicle(campaignChronicle),
  chronicle(callChronicle),
  chronicle(trunkChronicle),
  chronicle(agentChronicle),
  chronicle(contactChronicle),
  chronicle(nodeChronicle),
  chronicle({ protocol: deadLettersProtocol, initial: deadLetters.initial, evolve: deadLetters.evolve }),
];
