/** What is counted of the runtime's own work. */
import { Counter, Histogram, type Registry } from 'prom-client';
import { codeOf as ownCode } from '#ports/errors.ts';
import type { Failure, Observer } from '#ports/observer.ts';
import { boundedLabel } from './bounded-label.ts';

/** From a local SSD to a database in trouble, seconds. */
const commitBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** An effect may wait for a channel of a trunk, or read a list of a million rows, seconds. */
const effectBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60];
const deliveryBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** More kinds, codes, nodes and executors than a healthy cluster has. */
const mostValues = 64;

export function runtimeFigures(registry: Registry, now: () => number): Omit<Observer, 'now'> {
  const registers = [registry];
  const kindOf = boundedLabel(mostValues);
  const codeOf = boundedLabel(mostValues);
  const nodeOf = boundedLabel(mostValues);
  const executorOf = boundedLabel(mostValues);
  const seconds = (startMs: number) => (now() - startMs) / 1000;
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers });
  const failures = (name: string, help: string) => {
    const counted = counter(name, help, ['kind', 'code']);
    return ({ kind, code }: Failure) => counted.inc({ kind: kindOf(kind), code: codeOf(code) });
  };
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const commands = counter('callboard_commands_total', 'Commands decided, by outcome.', ['kind', 'outcome']);
  const commits = counter('callboard_commits_total', 'Commits that became durable.', ['kind']);
  const appended = histogram(
    'callboard_commit_duration_seconds',
    'From handing commits to the journal until they are durable.',
    ['kind'],
    commitBuckets,
  );
  const effects = histogram(
    'callboard_effect_duration_seconds',
    'How long executors take, each try.',
    ['kind', 'executor'],
    effectBuckets,
  );
  const effectFailures = counter('callboard_effect_failures_total', 'Tries of executors that failed.', [
    'kind',
    'executor',
    'outcome',
  ]);
  const deliveries = histogram(
    'callboard_delivery_duration_seconds',
    'From sending a command to another node until its answer.',
    ['node'],
    deliveryBuckets,
  );
  const deliveryFailures = counter(
    'callboard_delivery_failures_total',
    'Commands that did not reach their actor on another node.',
    ['node', 'code'],
  );

  const refusedEnvelopes = counter('callboard_envelopes_refused_total', 'Commands of other nodes that are none here.', [
    'code',
  ]);

  return {
    commandDecided: ({ kind, outcome }) => commands.inc({ kind: kindOf(kind), outcome }),
    commitsDurable({ kind, commits: durable, startMs }) {
      commits.inc({ kind: kindOf(kind) }, durable.length);
      appended.observe({ kind: kindOf(kind) }, seconds(startMs));
    },
    commitFailed: failures('callboard_commit_failures_total', 'Tries to make commits durable that failed.'),
    mailboxRefused: failures('callboard_mailbox_refusals_total', 'Commands that a full mailbox refused.'),
    effectRun({ kind, executor, outcome, startMs }) {
      const labels = { kind: kindOf(kind), executor: executorOf(executor) };
      effects.observe(labels, seconds(startMs));
      if (outcome !== 'done') effectFailures.inc({ ...labels, outcome });
    },
    commandDelivered({ node, code, startMs }) {
      deliveries.observe({ node: nodeOf(node) }, seconds(startMs));
      if (ownCode({ code })) deliveryFailures.inc({ node: nodeOf(node), code: codeOf(code) });
    },
    askFailed: failures('callboard_ask_failures_total', 'Asks of this node that were refused or not answered.'),
    commandDied: failures('callboard_dead_letters_total', 'Commands that no actor could take.'),
    envelopeRefused: ({ code }) => refusedEnvelopes.inc({ code: codeOf(code) }),
  };
}
