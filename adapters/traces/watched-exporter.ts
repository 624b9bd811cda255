/** An exporter whose failures are told to the log: once when they begin, once when they are over. */
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '#ports/logger.ts';

export function watchedExporter(exporter: SpanExporter, logger: Pick<Logger, 'info' | 'warn'>): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !isFailing) logger.warn({ reason: result.error?.message }, 'traces cannot be sent and are lost');
        if (!failed && isFailing) logger.info({}, 'traces are sent again');
        isFailing = failed;
        done(result);
      }),
    ...(exporter.forceFlush ? { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() } : {}),
    shutdown: () => exporter.shutdown(),
  };
}
