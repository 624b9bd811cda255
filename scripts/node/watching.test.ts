import { afterEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { loadConfig } from '#config/load.ts';
import { type Closing, closeAll } from './closing.ts';
import { openWatching } from './watching.ts';

describe('watching a node', () => {
  const opened: Closing[] = [];
  afterEach(() => closeAll(opened));
  const log = pino({ level: 'silent' });

  /** A node whose state a test sets. */
  function node() {
    const listeners: ((error: unknown) => void)[] = [];
    const state = { bus: true, serving: true, clockOffMs: 0 };
    return {
      state,
      runtime: {
        get clockOffMs() {
          return state.clockOffMs;
        },
        activations: () => [{ kind: 'call', mailboxDepth: 0 }],
        onFatal: (listener: (error: unknown) => void) => {
          listeners.push(listener);
          return () => undefined;
        },
      },
      journal: { head: async () => '' },
      isBusConnected: () => state.bus,
      isServing: () => state.serving,
      fail: () => {
        for (const listener of listeners) listener(new Error('DISK_FULL'));
      },
    };
  }

  test('costs nothing where nobody wants to know', async () => {
    const watching = await openWatching(loadConfig(), log, opened);
    expect([watching.observer, watching.metrics, watching.health, opened.length]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
    ]);
  });

  test('tells how it stands, from before it is up until it cannot go on', async () => {
    const watching = await openWatching(loadConfig({ overrides: { http: { port: 0 } } }), log, opened);
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${watching.health?.port}${path}`);
      return [response.status, await response.text()];
    };
    expect(await get('/readyz')).toEqual([503, '{"missing":["started","bus","journal","serving"]}\n']);
    const up = node();
    watching.watch(up);
    expect(await get('/readyz')).toEqual([200, '{"missing":[]}\n']);
    Object.assign(up.state, { bus: false, serving: false, clockOffMs: 60_000 });
    expect(await get('/readyz')).toEqual([503, '{"missing":["bus","serving","clock"]}\n']);
    const metrics = (await get('/metrics'))[1];
    expect(metrics).toContain('callboard_actors_in_memory{kind="call"} 1');
    expect(metrics).toMatch(/^callboard_clock_off_seconds 60$/m);
    expect(await get('/livez')).toEqual([200, 'alive\n']);
    up.fail();
    expect((await get('/livez'))[0]).toBe(503);
  });
});
