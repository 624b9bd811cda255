/**
 * The ids of traces and spans are made from what the journal keeps, so that spans of several nodes meet without a
 * header on the bus, and whoever reads the journal finds the trace. Lengths: W3C Trace Context, 3.2.2.
 */
import { hash, randomBytes } from 'node:crypto';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';

/** The trace of everything under one correlation: the first 16 bytes of its SHA-256. */
export function traceIdOf(correlationId: string): string {
  return hash('sha256', correlationId).slice(0, 32);
}

/** The span of one commit, kind/id@version, on whichever node it was made. */
export function commitSpanId(commit: string): string {
  return hash('sha256', commit).slice(0, 16);
}

/** The span of the deciding that one node's commit comes from: two nodes may decide on one version, one commits. */
export function decisionSpanId(nodeId: string, commit: string): string {
  return hash('sha256', `${nodeId} ${commit}`).slice(0, 16);
}

/** For spans that nobody names as a parent. */
export function anySpanId(): string {
  return randomBytes(8).toString('hex');
}

/**
 * The commit that a span belongs under. None where it came from outside, nor where its actor gave the correlation its
 * name and something else led to it: there a story of its own begins, and its cause is in another trace.
 */
export function parentCommit(ref: string, correlationId: string, causationId: string): string | undefined {
  const isOwn = causationId.startsWith(`${ref}@`);
  if (causationId === '' || (!isOwn && ref.endsWith(`/${correlationId}`))) return undefined;
  return causationId;
}

/** Gives the tracer the ids that were planned for its next span; it asks for them while it starts the span. */
export class PlannedIds implements IdGenerator {
  #traceId = '';
  #spanId = '';

  plan(traceId: string, spanId: string): void {
    this.#traceId = traceId;
    this.#spanId = spanId;
  }

  generateTraceId(): string {
    return this.#traceId;
  }

  generateSpanId(): string {
    return this.#spanId;
  }
}
