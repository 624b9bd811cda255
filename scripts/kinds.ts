/** Every kind of actor, as far as its history goes: what a replay needs, and no port. */
import * as call from '#actors/call/state.ts';
import * as campaign from '#actors/campaign/state.ts';
import * as contact from '#actors/contact/state.ts';
import * as node from '#actors/node/state.ts';
import * as trunk from '#actors/trunk/state.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { nodeProtocol } from '#proto/generated/node.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { type Chronicle, chronicle } from '#runtime/actor.ts';
import * as deadLetters from '#runtime/dead-letters/state.ts';

export const kinds: readonly Chronicle[] = [
  chronicle({ protocol: campaignProtocol, initial: campaign.initial, evolve: campaign.evolve }),
  chronicle({ protocol: callProtocol, initial: call.initial, evolve: call.evolve }),
  chronicle({ protocol: trunkProtocol, initial: trunk.initial, evolve: trunk.evolve }),
  chronicle({ protocol: contactProtocol, initial: contact.initial, evolve: contact.evolve }),
  chronicle({ protocol: nodeProtocol, initial: node.initial, evolve: node.evolve }),
  chronicle({ protocol: deadLettersProtocol, initial: deadLetters.initial, evolve: deadLetters.evolve }),
];
