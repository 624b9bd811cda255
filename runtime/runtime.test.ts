import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { TestJournal, testNode } from '#test/runtime-kit.ts';

async function started(actors = [tallyActor()]) {
  const journal = new TestJournal();
  const clock = new ManualClock();
  const node = testNode(journal, clock, actors);
  await node.runtime.start();
  return { journal, clock, ...node };
}

const add = (amount: number) => ({ type: 'Add', amount }) as const;
const read = { type: 'Read' } as const;

describe('ask', () => {
  test('a command changes the actor, a query reads it, a refusal is a value', async () => {
    const { runtime } = await started();
    expect(await runtime.ask(tallyProtocol, 'a', add(2))).toEqual({
      ok: true,
      version: 1,
      reply: { type: 'Total', total: 2 },
    });
    expect(await runtime.ask(tallyProtocol, 'a', read)).toEqual({
      ok: true,
      version: 1,
      reply: { type: 'Total', total: 2 },
    });
    expect(await runtime.ask(tallyProtocol, 'a', add(-1))).toMatchObject({
      ok: false,
      rejection: { code: 'AMOUNT_NEGATIVE' },
    });
  });
});
