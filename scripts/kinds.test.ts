import { expect, test } from '@jest/globals';
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { nodeActor } from '#actors/node/node.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { deadLettersActor } from '#runtime/dead-letters/dead-letters.actor.ts';
import { kinds } from './kinds.ts';
import { readableModels } from './models.ts';

/** Nobody calls a port. */
const ports = {} as never;
const actors = [
  campaignActor(ports),
  callActor(ports),
  trunkActor(ports),
  agentActor(ports),
  contactActor(),
  nodeActor(ports),
  deadLettersActor(ports),
];

test('a replay reads every kind as its actor does', () => {
  const read = ({ protocol, initial, evolve, upcasters }: (typeof kinds)[number]) => [
    ...[protocol.kind, protocol, initial, evolve, upcasters],
  ];
  expect(kinds).toHaveLength(actors.length);
  for (const [index, actor] of actors.entries()) {
    for (const [at, part] of read(actor).entries()) expect(read(kinds[index] as never)[at]).toBe(part);
  }
});

test('so does every read model', () => {
  expect(readableModels.filter(({ decode }) => !decode)).toEqual([]);
  for (const { kind, mentions, decode } of readableModels) {
    expect(decode?.(kind, [])).toEqual([]);
    if (mentions) expect(decode?.(mentions.kind, [])).toEqual([]);
  }
});
