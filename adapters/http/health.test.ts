import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { until } from '#test/runtime-kit.ts';
import type { Check } from './checks.ts';
import { type Health, startHealth } from './health.ts';

describe('the health of a node', () => {
  const open: Health[] = [];
  afterEach(async () => {
    for (const health of open.splice(0)) await health.close();
  });

  const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'callboard_calls 1\n' };
  const clock = new ManualClock();

  async function started(checks: Readonly<Record<string, Check>> = {}, port = 0, patienceMs = {}) {
    const health = await startHealth({ bindAddress: '127.0.0.1', port, clock, checks, patienceMs, metrics });
    open.push(health);
    const get = async (path: string, method = 'GET') => {
      const response = await fetch(`http://127.0.0.1:${health.port}${path}`, { method });
      return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
    };
    return { health, get };
  }

  test('is alive until it cannot go on', async () => {
    const { health, get } = await started({ journal: () => false });
    expect(await get('/livez')).toMatchObject({ status: 200, body: 'alive\n' });
    health.fail();
    expect(await get('/livez')).toMatchObject({ status: 503 });
  });

  test('is ready when all holds, and says what does not', async () => {
    const holds = { started: true, bus: true };
    const { get } = await started({
      started: () => holds.started,
      bus: () => holds.bus,
      journal: async () => {
        if (!holds.bus) throw new Error('away');
        return true;
      },
    });
    expect(await get('/readyz')).toEqual({ status: 200, type: 'application/json', body: '{"missing":[]}\n' });
    holds.bus = false;
    expect(await get('/readyz?verbose')).toMatchObject({ status: 503, body: '{"missing":["bus","journal"]}\n' });
  });

  test('is not ready while a check hangs, and asks it once', async () => {
    let asked = 0;
    const hanging = Promise.withResolvers<boolean>();
    const { get } = await started({
      journal: () => {
        asked += 1;
        return hanging.promise;
      },
    });
    const answers = Promise.all([get('/readyz'), get('/readyz')]);
    await until(clock, () => clock.waiting === 2);
    await clock.advance(1000);
    expect(await answers).toMatchObject([{ status: 503 }, { status: 503 }]);
    expect(asked).toBe(1);
    hanging.resolve(true);
    expect(await get('/readyz')).toMatchObject({ status: 200 });
  });

  describe('with patience for what has held', () => {
    let answer: () => boolean | Promise<boolean>;
    let get: (path: string) => Promise<{ readonly status: number }>;
    beforeEach(async () => {
      answer = () => true;
      ({ get } = await started({ journal: () => answer() }, 0, { journal: 10_000 }));
    });
    /** Asks, and lets the limit go by where the check hangs. */
    const asked = async (): Promise<number> => {
      const waiting = clock.waiting;
      const response = get('/readyz');
      let isAnswered = false;
      void response.then(() => {
        isAnswered = true;
      });
      await until(clock, () => isAnswered || clock.waiting > waiting);
      if (!isAnswered) await clock.advance(1000);
      return (await response).status;
    };

    test('stays ready while answers come late, or fail for less than that', async () => {
      expect(await asked()).toBe(200);
      for (let tries = 0; tries < 20; tries += 1) {
        const late = Promise.withResolvers<boolean>();
        answer = () => late.promise;
        expect(await asked()).toBe(200);
        await clock.advance(500);
        late.resolve(true);
        await clock.advance(2000);
      }
      answer = () => Promise.reject(new Error('away'));
      expect(await asked()).toBe(200);
      await clock.advance(9999);
      expect(await asked()).toBe(200);
    });

    test.each<[string, () => Promise<boolean>]>([
      ['fails', () => Promise.reject(new Error('away'))],
      ['hangs', () => new Promise(() => undefined)],
    ])('is not ready once it %s for that long', async (_how, away) => {
      expect(await asked()).toBe(200);
      answer = away;
      expect(await asked()).toBe(200);
      await clock.advance(10_000);
      expect(await asked()).toBe(503);
    });

    test('is ready again with the next answer, and is patient anew', async () => {
      expect(await asked()).toBe(200);
      answer = () => false;
      expect(await asked()).toBe(200);
      await clock.advance(10_000);
      expect(await asked()).toBe(503);
      answer = () => true;
      expect(await asked()).toBe(200);
      answer = () => false;
      expect(await asked()).toBe(200);
    });

    test('is not ready before it has held once', async () => {
      answer = () => false;
      expect(await asked()).toBe(503);
    });
  });

  test('shows figures, and nothing else', async () => {
    const { get } = await started();
    expect(await get('/metrics')).toEqual({ status: 200, type: metrics.contentType, body: 'callboard_calls 1\n' });
    expect(await get('/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect(await get('/metrics', 'POST')).toMatchObject({ status: 405 });
    expect(await get('/constructor')).toMatchObject({ status: 404, body: '/livez /readyz /metrics\n' });
  });

  test('names a port that is taken, and an address that is not here', async () => {
    const { health } = await started();
    await expect(started({}, health.port)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('CALLBOARD_HTTP_PORT'),
    });
    const elsewhere = { bindAddress: '192.0.2.1', port: 0, clock, checks: {}, metrics };
    await expect(startHealth(elsewhere)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
