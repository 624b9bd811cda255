import { describe, expect, test } from '@jest/globals';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { type TallyCommand, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, startedNode, TestJournal } from '#test/runtime-kit.ts';
import type { ActorDefinition } from './actor.ts';
import type { CommandMeta, Crash } from './decision.ts';
import { tell } from './effects.ts';
import type { Runtime } from './runtime.ts';
import { Supervisor } from './supervisor.ts';

const crash = (where: 'decide' | 'evolve' | 'react') => ({ type: 'Crash', where }) as const;

/** A tally that crashes on the commands with these ids while the set holds them. */
function fragile(ids: ReadonlySet<string>) {
  const sound = tallyActor();
  const decide: (state: unknown, command: TallyCommand, meta: CommandMeta) => never = (state, command, meta) => {
    if (ids.has(meta.commandId)) throw new Error('crashed on demand');
    return sound.decide(state, command, meta) as never;
  };
  return { ...sound, decide } as unknown as ReturnType<typeof tallyActor>;
}

async function letters(runtime: Runtime) {
  const answered = await runtime.ask(deadLettersProtocol, 'node-1', { type: 'ListLetters' });
  if (!answered.ok) throw new Error(answered.rejection.code);
  return answered.reply?.letters ?? [];
}

describe('a crash', () => {
  test.each(['decide', 'evolve', 'react'] as const)(
    'in %s: the actor starts again and the command is tried again, with growing waits',
    async (where) => {
      const { runtime, clock, logger } = await startedNode([tallyActor()]);
      await runtime.ask(tallyProtocol, 'a', add(1));
      const crashing = runtime.ask(tallyProtocol, 'a', crash(where));
      const behind = runtime.ask(tallyProtocol, 'a', add(2));
      const crashes = () => logger.lines.filter(({ message }) => message === 'actor crashed').length;
      await clock.advance(0);
      expect(crashes()).toBe(1);
      await clock.advance(99);
      expect(crashes()).toBe(1);
      await clock.advance(1);
      expect(crashes()).toBe(2);
      await clock.advance(199);
      expect(crashes()).toBe(2);
      await clock.advance(1);
      expect(crashes()).toBe(3);
      expect(await crashing).toMatchObject({ ok: false, rejection: { code: 'ACTOR_CRASHED' } });
      await clock.advance(1000);
      expect(await behind).toMatchObject({ ok: true, version: 2, reply: { total: 3 } });
      expect(crashes()).toBe(3);
    },
  );

  test('that supervision gives up on is told to whom the actor names', async () => {
    const crashes: string[] = [];
    const escalate = (actorId: string, { commandId, code }: Crash) => {
      crashes.push(`${actorId} ${commandId} ${code}`);
      return [tell(tallyProtocol, 'above', add(1), `crash:${commandId}`)];
    };
    const { runtime, clock } = await startedNode([{ ...tallyActor(), escalate }]);
    const crashing = runtime.ask(tallyProtocol, 'a', crash('decide'), { commandId: 'c-1' });
    await clock.advance(5000);
    expect(await crashing).toMatchObject({ rejection: { code: 'ACTOR_CRASHED' } });
    expect(crashes).toEqual(['a c-1 ACTOR_CRASHED']);
    expect(await runtime.ask(tallyProtocol, 'above', read)).toMatchObject({ reply: { total: 1 } });
  });

  test('that passes is not noticed by the sender', async () => {
    const ids = new Set(['c-1']);
    const { runtime, clock } = await startedNode([fragile(ids)]);
    const asked = runtime.ask(tallyProtocol, 'a', add(1), { commandId: 'c-1' });
    await clock.advance(50);
    ids.clear();
    await clock.advance(100);
    expect(await asked).toMatchObject({ ok: true, reply: { total: 1 } });
    expect(await letters(runtime)).toEqual([]);
  });

  test('takes nothing from what was decided before it in the same turn', async () => {
    const { runtime, clock } = await startedNode([tallyActor()]);
    const before = runtime.ask(tallyProtocol, 'a', add(1));
    const crashing = runtime.ask(tallyProtocol, 'a', crash('decide'));
    expect(await before).toMatchObject({ ok: true, version: 1 });
    await clock.advance(5000);
    expect(await crashing).toMatchObject({ rejection: { code: 'ACTOR_CRASHED' } });
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ version: 1, reply: { total: 1 } });
  });

  test('kills the command at once where the strategy is to stop', async () => {
    const supervision: ActorDefinition<never, never, never, never>['supervision'] = {
      strategy: 'stop',
      intensity: 5,
      periodMs: 1000,
      backoff: { minMs: 10, maxMs: 10 },
    };
    const { runtime, clock } = await startedNode([tallyActor({}, { supervision })]);
    const crashing = runtime.ask(tallyProtocol, 'a', crash('decide'));
    await clock.settle();
    expect(await crashing).toMatchObject({ rejection: { code: 'ACTOR_CRASHED' } });
    expect(await letters(runtime)).toMatchObject([{ attempts: 1 }]);
  });

  test('on a state that cannot be replayed ends every command to it, and only to it', async () => {
    const data = new JournalData();
    const first = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    await first.runtime.ask(tallyProtocol, 'a', add(1));
    const broken = tallyActor(
      {},
      {
        evolve: () => {
          throw new Error('cannot read its past');
        },
      },
    );
    const { runtime, clock } = await startedNode([broken], { journal: new TestJournal(data) });
    const asked = runtime.ask(tallyProtocol, 'a', read);
    await clock.advance(4000);
    expect(await asked).toMatchObject({ rejection: { code: 'ACTOR_CRASHED' } });
    expect(await runtime.ask(tallyProtocol, 'b', read)).toMatchObject({ ok: true });
  });
});

describe('the supervisor', () => {
  const supervision = { strategy: 'restart', intensity: 2, periodMs: 1000, backoff: { minMs: 10, maxMs: 30 } } as const;

  test('gives up at more crashes than its intensity within the period', () => {
    const supervisor = new Supervisor(supervision);
    expect([0, 1, 2, 3].map((atMs) => supervisor.crashed(atMs))).toEqual([
      { giveUp: false, waitMs: 10 },
      { giveUp: false, waitMs: 20 },
      { giveUp: true, waitMs: 30 },
      { giveUp: false, waitMs: 10 },
    ]);
  });

  test('waits longer and longer, up to a minute, where one command after the other is given up', () => {
    const always = { ...supervision, intensity: 0, backoff: { minMs: 10, maxMs: 10_000 } };
    const supervisor = new Supervisor(always);
    const waits = [0, 1, 2, 3, 4, 5].map((turn) => supervisor.crashed(turn * 60_000).waitMs);
    expect(waits).toEqual([10, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect(supervisor.crashed(400_000).waitMs).toBe(10);
  });

  test('forgets crashes that are older than the period', () => {
    const supervisor = new Supervisor(supervision);
    expect([0, 900, 1800, 2700].map((atMs) => supervisor.crashed(atMs).giveUp)).toEqual([false, false, false, false]);
  });
});

describe('dead letters', () => {
  async function withLetter() {
    const ids = new Set(['c-1']);
    const node = await startedNode([fragile(ids)]);
    const asked = node.runtime.ask(tallyProtocol, 'a', add(1), { commandId: 'c-1', sender: 'operator:ann' });
    await node.clock.advance(4000);
    expect(await asked).toMatchObject({ rejection: { code: 'ACTOR_CRASHED' } });
    return { ...node, ids };
  }
  const resend = { type: 'ResendLetter', commandId: 'c-1', by: 'ann' } as const;

  test('keep the whole command, why and how often it died', async () => {
    const { runtime } = await withLetter();
    const [letter] = await letters(runtime);
    expect(letter).toMatchObject({
      code: 'ACTOR_CRASHED',
      attempts: 3,
      envelope: { commandId: 'c-1', toKind: 'tally', toId: 'a', sender: 'operator:ann' },
    });
    expect(tallyProtocol.command.decode(letter?.envelope.command ?? new Uint8Array())).toEqual(add(1));
  });

  test('a letter sent again has its effect once and is gone', async () => {
    const { runtime, clock, ids } = await withLetter();
    ids.clear();
    expect(await runtime.ask(deadLettersProtocol, 'node-1', resend)).toMatchObject({ ok: true });
    await clock.settle();
    expect(await letters(runtime)).toEqual([]);
    expect(await runtime.ask(tallyProtocol, 'a', add(1), { commandId: 'c-1' })).toMatchObject({ version: 1 });
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: 1 } });
  });

  test('a letter that crashes its actor again is kept again', async () => {
    const { runtime, clock } = await withLetter();
    const [before] = await letters(runtime);
    await runtime.ask(deadLettersProtocol, 'node-1', resend);
    await clock.advance(5000);
    const after = await letters(runtime);
    expect(after).toMatchObject([{ envelope: { commandId: 'c-1' } }]);
    expect(after[0]?.atMs).toBeGreaterThan(before?.atMs ?? 0);
  });

  test('a letter can be dropped, and then it is unknown', async () => {
    const { runtime } = await withLetter();
    const drop = { type: 'DropLetter', commandId: 'c-1', by: 'ann' } as const;
    expect(await runtime.ask(deadLettersProtocol, 'node-1', drop)).toMatchObject({ ok: true });
    expect(await letters(runtime)).toEqual([]);
    expect(await runtime.ask(deadLettersProtocol, 'node-1', resend)).toMatchObject({
      rejection: { code: 'LETTER_UNKNOWN' },
    });
  });
});
