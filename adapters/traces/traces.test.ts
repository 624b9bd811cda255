import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ServiceBroker } from 'moleculer';
import { systemClock } from '#ports/system-clock.ts';
import type { AnyActorDefinition, Executor } from '#runtime/actor.ts';
import { createRuntime } from '#runtime/runtime.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { otherTallyProtocol, type TallyCommand, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, TestJournal, testLogger, until } from '#test/runtime-kit.ts';
import { traceIdOf } from './trace-ids.ts';
import { createTraces, otlpExporter } from './traces.ts';

const limitMs = 2000;

describe('the traces of two nodes', () => {
  const clock = new ManualClock();
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  /** A node of a cluster with one journal; `spans` is complete once its traces were stopped. */
  function node(nodeId: string, data: JournalData, actors: readonly AnyActorDefinition[]) {
    const spans: ReadableSpan[] = [];
    const exporter: SpanExporter = {
      export: (batch, done) => {
        spans.push(...batch);
        done({ code: 0 });
      },
      shutdown: async () => undefined,
    };
    const logger = testLogger();
    const traces = createTraces({ nodeId, version: '0.1.0', exporter, clock, logger });
    const bus = { namespace: 'traces', transporter: 'Fake', serializer: 'JSON' } as const;
    const broker = new ServiceBroker({ nodeID: nodeId, logger: false, internalServices: false, ...bus });
    const runtime = createRuntime({
      broker,
      journal: new TestJournal(data),
      clock,
      logger,
      actors,
      protocols: [tallyProtocol, otherTallyProtocol],
      observer: traces.observer,
    });
    stops.push(async () => {
      const stopping = runtime.stop({ graceMs: 1 });
      await clock.advance(1);
      await stopping;
      await broker.stop();
    });
    return { broker, runtime, traces, spans };
  }

  /** Resolves when a node knows the actors of the other. */
  function met({ broker }: { broker: ServiceBroker }): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const known = broker.registry.getServiceList({ onlyAvailable: true });
        if (new Set(known.map(({ nodeID }) => nodeID)).size < 2) return;
        broker.localBus.off('$services.changed', check);
        resolve();
      };
      broker.localBus.on('$services.changed', check);
      check();
    });
  }

  async function twoNodes(job: Executor<TallyCommand>) {
    const data = new JournalData();
    const a = node('node-a', data, [tallyActor({ job })]);
    const b = node('node-b', data, [tallyActor({}, { protocol: otherTallyProtocol })]);
    await Promise.all([a, b].map(({ runtime }) => runtime.start()));
    await Promise.all([a, b].map(({ broker }) => broker.start()));
    await Promise.all([a, b].map(met));
    const stopTraces = async () => {
      await Promise.all([a, b].map(({ traces }) => traces.stop(limitMs)));
      return [a, b].flatMap(({ spans }) => spans).map((span) => storyOf(span));
    };
    return { a, b, data, stopTraces };
  }

  /** What a span is, and where it stands. */
  function storyOf(span: ReadableSpan) {
    const { traceId, spanId } = span.spanContext();
    const parent = span.parentSpanContext?.spanId;
    const node = span.resource.attributes['service.instance.id'];
    return { name: span.name, node, traceId, spanId, parent, commit: span.attributes['callboard.commit'], span };
  }

  test('hold one story together without a header on the bus', async () => {
    const { a, b, data, stopTraces } = await twoNodes(async (_input, { ask }) => {
      await ask(otherTallyProtocol, 'b', add(1));
      return { type: 'Finish' };
    });
    const work = { type: 'Work', job: 'job', key: 'k' } as const;
    await b.runtime.ask(tallyProtocol, 'a', work, { correlationId: 'story-1' });
    await until(clock, () => data.wakeful.size === 0);
    await a.runtime.ask(tallyProtocol, 'a', { type: 'Read' }, { correlationId: 'story-1' });
    const spans = await stopTraces();
    const idOf = (commit: string) => spans.find((each) => each.commit === commit)?.spanId;
    const deciding = (name: string) => spans.find((each) => each.name === name)?.spanId;
    const [first, second, other] = ['tally/a@1', 'tally/a@2', 'other-tally/b@1'];
    const expected = [
      { node: 'node-a', name: 'tally Work', parent: undefined },
      { node: 'node-a', name: 'tally commit', commit: first, parent: deciding('tally Work') },
      { node: 'node-a', name: 'other-tally deliver', parent: idOf('tally/a@1') },
      { node: 'node-a', name: 'tally Finish', parent: idOf('tally/a@1') },
      { node: 'node-a', name: 'tally run job', parent: idOf('tally/a@1') },
      { node: 'node-a', name: 'tally commit', commit: second, parent: deciding('tally Finish') },
      { node: 'node-b', name: 'tally deliver', parent: undefined },
      { node: 'node-b', name: 'other-tally Add', parent: idOf('tally/a@1') },
      { node: 'node-b', name: 'other-tally commit', commit: other, parent: deciding('other-tally Add') },
    ];
    expect(spans).toHaveLength(expected.length);
    expect(spans).toEqual(expect.arrayContaining(expected.map((each) => expect.objectContaining(each))));
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([traceIdOf('story-1')]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });

  test('begin another where an actor gave its correlation the name', async () => {
    const { a, data, stopTraces } = await twoNodes(async (_input, { ask }) => {
      await ask(otherTallyProtocol, 'b', add(1), { correlationId: 'b' });
      return { type: 'Finish' };
    });
    await a.runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' });
    await until(clock, () => data.wakeful.size === 0);
    const own = (await stopTraces()).filter(({ traceId }) => traceId === traceIdOf('b'));
    expect(own.map(({ name, parent }) => [name, parent])).toEqual([
      ['other-tally deliver', undefined],
      ['other-tally Add', undefined],
      ['other-tally commit', own[1]?.spanId],
    ]);
    expect(own[1]?.span.attributes['callboard.causation_id']).toBe('tally/a@1');
  });
});

describe('sending traces', () => {
  let server: Server | undefined;
  const unanswered: ServerResponse[] = [];
  afterEach(() => {
    for (const response of unanswered.splice(0)) response.end('{}');
    server?.close();
  });

  /** A receiver that answers with a status, or not before the test is over. */
  async function receiver(status?: number) {
    const bodies: string[] = [];
    const asked = Promise.withResolvers<void>();
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        bodies.push(body);
        asked.resolve();
        if (status) response.writeHead(status).end('{}');
        else unanswered.push(response);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return {
      bodies,
      asked: asked.promise,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    };
  }

  function writing(url: string, clock: ManualClock | typeof systemClock = systemClock) {
    const logger = testLogger();
    const traces = createTraces({ nodeId: 'node-1', version: '0.1.0', exporter: otlpExporter(url), clock, logger });
    const cause = { kind: 'call', ref: 'call/c-1.1.1', correlationId: 'c-1.1.1', causationId: 'campaign/c-1@4' };
    const command = { ...cause, commandId: 'id-1', commandType: 'PlaceCall', startMs: performance.now() };
    traces.observer.commandDecided?.({ ...command, outcome: 'accepted', code: '', version: 1 });
    return { traces, logger };
  }

  test('goes out on a stop, in the format of OTLP', async () => {
    const { url, bodies } = await receiver(200);
    const { traces, logger } = writing(url);
    await traces.stop(limitMs);
    expect(JSON.parse(bodies[0] ?? '{}')).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'call PlaceCall', traceId: traceIdOf('c-1.1.1') }] }] }],
    });
    expect(logger.lines).toEqual([]);
  });

  test('that fails is in the log, once, and nowhere else', async () => {
    const { url } = await receiver(400);
    const { traces, logger } = writing(url);
    await traces.stop(limitMs);
    expect(logger.lines).toEqual([
      { level: 'warn', fields: { reason: expect.any(String) }, message: 'traces cannot be sent and are lost' },
    ]);
  });

  test('does not keep a node that stops for longer than it says', async () => {
    const clock = new ManualClock();
    const { url, asked } = await receiver();
    const { traces } = writing(url, clock);
    let isOver = false;
    const stopping = traces.stop(limitMs).then(() => {
      isOver = true;
    });
    await asked;
    expect(isOver).toBe(false);
    await clock.advance(limitMs);
    await stopping;
  });
});
