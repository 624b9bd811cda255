import { describe, expect, test } from '@jest/globals';
import * as decisions from '#actors/contact/decide.ts';
import { evolve, initial } from '#actors/contact/state.ts';
import type { ContactCommand, ContactEvent } from '#proto/generated/contact.ts';
import { defaultMeta } from '#test/given.ts';
import type { Desk, OperatorCommand } from './command.ts';
import { allow, contact, forbid } from './contacts.ts';

/** A desk in front of one contact, p-1. */
function deskOf(...history: readonly ContactEvent[]) {
  const printed: string[] = [];
  const senders: unknown[] = [];
  let state = history.reduce(evolve, initial());
  const ask = async (_protocol: unknown, _id: string, command: ContactCommand, options?: { sender?: string }) => {
    senders.push(options?.sender);
    const decided = decisions.decide(state, command, defaultMeta);
    if ('rejection' in decided) return { ok: false, rejection: { code: 'NO', message: 'It does not.' } };
    state = decided.events.reduce(evolve, state);
    return { ok: true, version: 1, reply: decided.reply };
  };
  const fleet = { streams: async ({ prefix = '' }) => ['p-1', 'p-12'].filter((id) => id.startsWith(prefix)) };
  const desk = {
    runtime: { ask },
    fleet,
    operator: 'wang',
    print: (line: string) => printed.push(line),
  } as unknown as Desk;
  const typed = async (command: OperatorCommand, args: Record<string, string>) => {
    printed.length = 0;
    await command.run(desk, { ...args, options: {} });
    return [...printed];
  };
  return { desk, typed, senders };
}

describe('an operator', () => {
  test('puts a contact on a list, sees it there, and takes it off', async () => {
    const { typed, senders } = deskOf();
    expect(await typed(forbid, { contact: 'p-1' })).toEqual(['It is on the list global.']);
    expect(senders).toEqual(['operator:wang']);
    expect(await typed(forbid, { contact: 'p-1', list: 'letters' })).toEqual(['It is on the list letters.']);
    expect(await typed(contact, { contact: 'p-1' })).toEqual([
      ...[
        'read 0 times, 0 attempts in 31 days',
        'notes: 0',
        'not called because of: global, letters',
        'agreed to: nothing',
      ],
    ]);
    expect(await typed(allow, { contact: 'p-1' })).toEqual(['It is not on the list global.']);
    expect(await typed(contact, { contact: 'p-1' })).toContain('not called because of: letters');
  });

  test('is told where there is no such contact, and none is made', async () => {
    const { typed, senders } = deskOf();
    expect(await typed(forbid, { contact: 'p-2' })).toEqual([expect.stringContaining('There is no contact p-2')]);
    expect(senders).toEqual([]);
  });

  test('has contacts completed, and no list', async () => {
    const { desk } = deskOf();
    expect(await forbid.complete(desk, [], 'p-12')).toEqual(['p-12']);
    expect(await forbid.complete(desk, ['p-1'], '')).toEqual([]);
  });
});
