import { expect, test } from '@jest/globals';
import { HostCache } from './host-cache.ts';

type Answer = string | Error;

/** A cache, a resolver that gives `answers` in turn, and a clock to set. */
function given(...answers: Answer[]) {
  const time = { nowMs: 0 };
  const clock = { now: () => time.nowMs, after: () => () => {} };
  const cache = new HostCache(clock, (_, family, callback) => {
    const answer = answers.shift() ?? new Error('asked too often');
    if (answer instanceof Error) callback(answer, '', 0);
    else callback(null, answer, family);
  });
  const ask = (host: string): Answer => {
    let got: Answer = 'nothing';
    cache.lookup(host, 4, (error, address) => {
      got = error ?? address;
    });
    return got;
  };
  return { ask, time };
}

test('an address is its own answer', () => {
  expect(given().ask('192.0.2.1')).toBe('192.0.2.1');
});

test('a name is asked for once in half a minute', () => {
  const { ask, time } = given('192.0.2.1', '192.0.2.2');
  expect([ask('carrier.example'), ask('carrier.example')]).toEqual(['192.0.2.1', '192.0.2.1']);
  time.nowMs = 30_000;
  expect(ask('carrier.example')).toBe('192.0.2.2');
});

test('a resolver that fails leaves the last address in use', () => {
  const failure = new Error('no resolver');
  const { ask, time } = given(failure, '192.0.2.1', failure);
  expect(ask('carrier.example')).toBe(failure);
  expect(ask('carrier.example')).toBe('192.0.2.1');
  time.nowMs = 60_000;
  expect(ask('carrier.example')).toBe('192.0.2.1');
});
