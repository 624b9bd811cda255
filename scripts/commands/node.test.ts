import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Config } from '#config/schema.ts';
import { RetryableError } from '#ports/errors.ts';
import { toldToLeave } from './node.ts';

const config = { nodeId: 'node-a', drainLimitMs: 1000 } as Config;
const away = new RetryableError('NODE_UNREACHABLE', 'Nobody keeps the record.');
const never = () => new Promise<void>(() => undefined);
const at = async (): Promise<void> => undefined;
let signals: EventEmitter;

beforeEach(() => {
  signals = new EventEmitter();
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test('the first signal drains the node, the second ends its calls', async () => {
  const drained = toldToLeave({ config, drain: at, hangUpAll: never }, signals);
  signals.emit('SIGTERM', 'SIGTERM', 15);
  await expect(drained).resolves.toBeUndefined();
  const by: string[] = [];
  const hangUpAll = async (whom: string) => void by.push(whom);
  const others = new EventEmitter();
  const ended = toldToLeave({ config, drain: never, hangUpAll }, others);
  others.emit('SIGTERM', 'SIGTERM', 15);
  others.emit('SIGINT', 'SIGINT', 2);
  await expect(ended).resolves.toBeUndefined();
  expect(by).toEqual(['node']);
});

test('whoever waits hears what kept the node from leaving, and stops it all the same', async () => {
  const failing = () => Promise.reject(away);
  const drained = toldToLeave({ config, drain: failing, hangUpAll: never }, signals);
  signals.emit('SIGTERM', 'SIGTERM', 15);
  await expect(drained).rejects.toBe(away);
  const others = new EventEmitter();
  const ended = toldToLeave({ config, drain: never, hangUpAll: failing }, others);
  others.emit('SIGTERM', 'SIGTERM', 15);
  others.emit('SIGINT', 'SIGINT', 2);
  await expect(ended).rejects.toBe(away);
});
