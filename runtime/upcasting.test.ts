/** A made-up older version: it wrote `Summed` and `Counted`, which today's tally does not know. */
import { expect, test } from '@jest/globals';
import type { Protocol } from '#proto/codec.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import {
  type TallyCommand,
  type TallyEvent,
  type TallyReply,
  tallyActor,
  tallyProtocol,
} from '#test/fakes/tally-actor.ts';
import { add, startedNode, TestJournal } from '#test/runtime-kit.ts';
import type { AnyActorDefinition } from './actor.ts';
import { seal } from './commits.ts';
import { replay } from './history.ts';
import type { Upcasters } from './upcasting.ts';

type OldEvent =
  | { readonly type: 'Summed'; readonly amounts: readonly number[] }
  | { readonly type: 'Counted'; readonly count: number }
  | { readonly type: 'Greeted' };

const added = (amount: number): TallyEvent => ({ type: 'Added', amount, sender: '', correlationId: '' });
const upcasters: Upcasters<OldEvent | TallyEvent> = {
  // Counted became Summed first, in a version between.
  Counted: ({ count }) => [{ type: 'Summed', amounts: Array.from({ length: count }, () => 1) }],
  Summed: ({ amounts }) => amounts.map(added),
  Greeted: () => [],
};
const protocol = tallyProtocol as unknown as Protocol<TallyCommand, OldEvent | TallyEvent, TallyReply>;
const actor = { ...tallyActor(), upcasters } as unknown as AnyActorDefinition;

async function oldJournal(): Promise<TestJournal> {
  const journal = new TestJournal();
  const events: OldEvent[] = [{ type: 'Greeted' }, { type: 'Summed', amounts: [2, 3] }, { type: 'Counted', count: 2 }];
  const { bytes, hash } = seal({
    stream: 'tally/a',
    version: 1,
    atMs: 1,
    commandId: 'c-1',
    correlationId: '',
    causationId: '',
    sender: '',
    events: events.map((event) => protocol.event.encode(event)),
    previousHash: new Uint8Array(0),
  });
  const facts = { stream: 'tally/a', version: 1, atMs: 1, wakeful: false, setTimers: [], clearTimers: [] };
  await journal.append([{ ...facts, bytes, hash }]);
  return journal;
}

test('an actor goes on from what an older version wrote', async () => {
  const { runtime } = await startedNode([actor], { journal: await oldJournal(), clock: new ManualClock() });
  expect(await runtime.ask(tallyProtocol, 'a', add(4))).toMatchObject({ version: 2, reply: { total: 11 } });
});

test('a replay tells it in today’s words', async () => {
  const { commits, state } = await replay(actor, await oldJournal(), 'a');
  expect(commits[0]?.events).toEqual([2, 3, 1, 1].map(added));
  expect(state).toMatchObject({ total: 7, amounts: [2, 3, 1, 1] });
});
