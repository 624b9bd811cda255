/**
 * Traces of one node, for OpenTelemetry. A span for each command that changed something, was refused or crashed, for
 * each commit, each try of an effect, and each command sent to another node. Queries leave none.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '#ports/clock.ts';
import { codeOf } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { Cause, CommandDecided, Observer } from '#ports/observer.ts';
import { SpanWriter } from './span-writer.ts';
import { anySpanId, commitSpanId, decisionSpanId, PlannedIds, parentCommit } from './trace-ids.ts';
import { watchedExporter } from './watched-exporter.ts';

export interface TracesOptions {
  readonly nodeId: string;
  /** Of Callboard. */
  readonly version: string;
  readonly exporter: SpanExporter;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Traces {
  /** To be given to the runtime. */
  readonly observer: Observer;
  /** Sends what is left, but waits no longer than `limitMs` for a receiver that does not answer. Never rejects. */
  stop(limitMs: number): Promise<void>;
}

/** Spans are sent together, at most this late, ms. */
const sendEveryMs = 1000;
/** A receiver that takes longer than this gets the next spans, not these, ms. */
const sendTimeoutMs = 2000;
/** Beyond this many, spans are lost and not kept in memory. */
const mostWaiting = 8192;

/** Sends by HTTP to a collector (OTLP 1.5, JSON). */
export function otlpExporter(url: string): SpanExporter {
  return new OTLPTraceExporter({ url, timeoutMillis: sendTimeoutMs, concurrencyLimit: 4 });
}

export function createTraces({ nodeId, version, exporter, clock, logger }: TracesOptions): Traces {
  const ids = new PlannedIds();
  const batches = new BatchSpanProcessor(watchedExporter(exporter, logger), {
    maxQueueSize: mostWaiting,
    scheduledDelayMillis: sendEveryMs,
    exportTimeoutMillis: sendTimeoutMs * 2,
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'callboard',
      'service.version': version,
      'service.instance.id': nodeId,
    }),
    idGenerator: ids,
    spanProcessors: [batches],
  });
  const spans = new SpanWriter(provider.getTracer('callboard', version), ids);

  const observer: Observer = {
    now: () => performance.now(),
    commandDecided(command) {
      const { kind, commandType, outcome, code, ref, version: streamVersion } = command;
      if (outcome === 'answered' || outcome === 'repeated') return;
      spans.write({
        ...command,
        ...placeOf(command),
        name: `${kind} ${commandType}`,
        spanId: outcome === 'accepted' ? decisionSpanId(nodeId, `${ref}@${streamVersion}`) : anySpanId(),
        attributes: attributesOf(command),
        isError: outcome === 'crashed' || isFailure(code),
      });
    },
    commitsDurable({ kind, ref, commits, startMs }) {
      for (const { version: streamVersion, correlationId, events } of commits) {
        const commit = `${ref}@${streamVersion}`;
        spans.write({
          name: `${kind} commit`,
          correlationId,
          spanId: commitSpanId(commit),
          parentSpanId: decisionSpanId(nodeId, commit),
          startMs,
          attributes: { 'callboard.commit': commit, 'callboard.events': events.map(({ type }) => type) },
          isError: false,
        });
      }
    },
    effectRun(run) {
      const attributes = { ...causeOf(run), 'callboard.outcome': run.outcome };
      const name = `${run.kind} run ${run.executor}`;
      spans.write({ ...run, ...placeOf(run), name, attributes, isError: run.outcome !== 'done' });
    },
    commandDelivered(delivery) {
      const { kind, node, code } = delivery;
      const attributes = { ...causeOf(delivery), 'callboard.node': node, ...(code ? { 'callboard.code': code } : {}) };
      const place = placeOf(delivery);
      spans.write({
        ...delivery,
        ...place,
        name: `${kind} deliver`,
        attributes,
        isError: isFailure(code),
        isRemote: true,
      });
    },
  };

  return {
    observer,
    async stop(limitMs) {
      let cancel = (): void => undefined;
      const limit = new Promise<void>((resolve) => {
        cancel = clock.after(limitMs, resolve);
      });
      // What cannot be sent was told to the log.
      await Promise.race([provider.shutdown().catch(() => undefined), limit]);
      cancel();
    },
  };
}

/** What an actor refuses is an answer like any other; what the runtime refuses is not. */
function isFailure(code: string): boolean {
  return codeOf({ code }) !== undefined;
}

function placeOf({ ref, correlationId, causationId }: Cause) {
  const parent = parentCommit(ref, correlationId, causationId);
  return { spanId: anySpanId(), parentSpanId: parent === undefined ? undefined : commitSpanId(parent) };
}

function causeOf({ ref, correlationId, causationId }: Cause) {
  return {
    'callboard.actor': ref,
    'callboard.correlation_id': correlationId,
    ...(causationId ? { 'callboard.causation_id': causationId } : {}),
  };
}

function attributesOf(command: CommandDecided) {
  const { commandId, outcome, code } = command;
  return {
    ...causeOf(command),
    'callboard.command_id': commandId,
    'callboard.outcome': outcome,
    ...(code ? { 'callboard.code': code } : {}),
  };
}
