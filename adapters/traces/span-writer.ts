/** Writes spans that are over already, under ids of our own. */
import {
  type Attributes,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { type PlannedIds, traceIdOf } from './trace-ids.ts';

/** A span, as it is written. */
export interface FinishedSpan {
  readonly name: string;
  readonly correlationId: string;
  readonly spanId: string;
  /** Undefined for the first of its trace. */
  readonly parentSpanId: string | undefined;
  /** By `performance.now()`; it ends now. */
  readonly startMs: number;
  readonly attributes: Attributes;
  /** Whether it says that something is wrong. */
  readonly isError: boolean;
  /** Whether another node did the work. */
  readonly isRemote?: boolean;
}

/** The clocks may part by this much, ms, until the one on the wall is looked at again. */
const toleranceMs = 5;

export class SpanWriter {
  readonly #tracer: Tracer;
  readonly #ids: PlannedIds;
  /** When `performance.now()` was 0, milliseconds since 1970. Kept, so that the spans of a node fit into each other. */
  #originMs = performance.timeOrigin;

  constructor(tracer: Tracer, ids: PlannedIds) {
    this.#tracer = tracer;
    this.#ids = ids;
  }

  write(span: FinishedSpan): void {
    const { name, correlationId, spanId, parentSpanId, startMs, attributes, isError, isRemote = false } = span;
    const traceId = traceIdOf(correlationId);
    const nowMs = performance.now();
    const drift = Date.now() - (this.#originMs + nowMs);
    if (Math.abs(drift) > toleranceMs) this.#originMs += drift;
    this.#ids.plan(traceId, spanId);
    const parent =
      parentSpanId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED });
    const kind = isRemote ? SpanKind.CLIENT : SpanKind.INTERNAL;
    const written = this.#tracer.startSpan(name, { kind, startTime: this.#time(startMs), attributes }, parent);
    if (isError) written.setStatus({ code: SpanStatusCode.ERROR });
    written.end(this.#time(nowMs));
  }

  #time(ms: number): HrTime {
    const sinceEpochMs = this.#originMs + ms;
    const seconds = Math.trunc(sinceEpochMs / 1000);
    return [seconds, Math.round((sinceEpochMs - seconds * 1000) * 1e6)];
  }
}
