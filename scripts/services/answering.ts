/** Waiting for a server to answer, and no longer than makes sense. */
import { readFileSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import type { Service, ServiceKind } from './kind.ts';
import { isRunning } from './process.ts';

const patienceMs = 60_000;
/** For one that runs already: it may just be finding its own servers again. */
const graceMs = 5_000;
const pauseMs = 100;

/** Whether a service answers now. */
export async function answers(kind: ServiceKind, port: number): Promise<boolean> {
  return kind.ask(port).then(
    () => true,
    () => false,
  );
}

/** Whether a service that runs answers within moments. */
export async function answersSoon(kind: ServiceKind, port: number, signal: AbortSignal): Promise<boolean> {
  const endsAt = performance.now() + graceMs;
  while (performance.now() < endsAt) {
    if (await answers(kind, port)) return true;
    await after(pauseMs, undefined, { signal });
  }
  return false;
}

/** Resolves when a service that was just started answers; with what is wrong when it ends before or takes too long. */
export async function faultOf(kind: ServiceKind, service: Service, signal: AbortSignal): Promise<string | undefined> {
  const endsAt = performance.now() + patienceMs;
  while (!(await answers(kind, service.port))) {
    await after(pauseMs, undefined, { signal });
    const late = performance.now() > endsAt;
    if (!late && isRunning(service)) continue;
    const how = late ? `did not answer in ${patienceMs / 1000} s` : 'ended before it answered';
    return `${kind.name} ${how}: ${lastLine(service.log)} (see ${service.log}).`;
  }
  return undefined;
}

function lastLine(path: string): string {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.at(-1)?.trim() || 'it wrote nothing';
}
