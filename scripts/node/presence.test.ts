import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Answered } from '#runtime/actor.ts';
import { nobodyHosts } from '#runtime/refusals.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { testLogger } from '#test/runtime-kit.ts';
import { Presence } from './presence.ts';

const facts = { node: 'node-a', roles: ['voice'], version: '0.1.0', weight: 2 };
const recorded: Answered<never> = { ok: true, version: 1 };
const nobody = nobodyHosts('node/node-a');

let clock: ManualClock;
let logger: ReturnType<typeof testLogger>;
let told: unknown[];
/** What the record answers, one each; then that it has it. */
let answers: Answered<never>[];
let presence: Presence;
beforeEach(() => {
  clock = new ManualClock();
  logger = testLogger();
  told = [];
  answers = [];
  const ask = async (_protocol: unknown, id: string, command: object, options?: object) => {
    told.push([id, { ...command, ...options }]);
    return answers.shift() ?? recorded;
  };
  presence = new Presence({ runtime: { self: 'node-a#1', ask: ask as never }, clock, logger, facts });
});

describe('a node says', () => {
  test('that it is there, until somebody has it', async () => {
    answers = [nobody, nobody];
    presence.started();
    await clock.advance(10_000);
    const start = { type: 'ReportStart', life: 'node-a#1', roles: ['voice'], version: '0.1.0', weight: 2 };
    const under = { commandId: 'start:node-a#1', sender: 'node:node-a' };
    expect(told).toEqual(Array(3).fill(['node-a', { ...start, ...under }]));
    expect(clock.waiting).toBe(0);
  });

  test('that it is drained', async () => {
    presence.drained(3);
    await clock.settle();
    expect(told).toMatchObject([['node-a', { type: 'ReportDrained', order: 3, commandId: 'drained:3:node-a#1' }]]);
  });

  test('that it leaves, once more where nobody has it, and nothing after that', async () => {
    answers = [nobody, nobody];
    presence.started();
    await clock.settle();
    await presence.leave();
    await presence.leave();
    await presence.leave();
    await clock.advance(60_000);
    const types = told.map((each) => (each as [string, { type: string }])[1].type);
    expect(types).toEqual(['ReportStart', 'ReportLeave', 'ReportLeave']);
    expect(logger.lines.map(({ message }) => message)).toEqual(['leaving not recorded']);
  });

  test('what the record does not take is a bug in the log, and not said again', async () => {
    answers = [{ ok: false, rejection: { code: 'COMMAND_UNREADABLE', message: 'What?' } }];
    presence.drained(1);
    await clock.advance(60_000);
    expect([told.length, logger.lines.map(({ message }) => message)]).toEqual([1, ['presence not recorded']]);
  });
});
