/** Pings gateways by OPTIONS for as long as their trunk wants to know (RFC 3261, 11). */
import type { Clock } from '#ports/clock.ts';
import type { Telephony, TrunkHealth } from '#ports/telephony.ts';

export interface HealthWatches {
  /** Pings now and then every 5 s; a watch that runs already goes on. `key` is another for every report. */
  start(trunkId: string, report: (health: TrunkHealth, key: string) => void): void;
  stop(trunkId: string): void;
}

const pingEveryMs = 5000;
/** A trunk is down after two silent pings: one lost datagram is no news. */
const silencesUntilDown = 2;

export function healthWatches(ports: {
  readonly telephony: Pick<Telephony, 'ping'>;
  readonly clock: Clock;
}): HealthWatches {
  const running = new Map<string, { silences: number; cancel: () => void }>();
  /** Some gateways ignore OPTIONS: the silence of one that never answered says nothing. */
  const answering = new Set<string>();

  async function ping(trunkId: string, report: (health: TrunkHealth, key: string) => void): Promise<void> {
    const watch = running.get(trunkId);
    if (!watch) return;
    const health = await ports.telephony.ping(trunkId).catch(() => undefined);
    if (running.get(trunkId) !== watch) return;
    // A trunk that this node cannot ping, because nobody configured it here, is no news about the gateway.
    if (health) {
      if (health.healthy) answering.add(trunkId);
      watch.silences = health.healthy ? 0 : watch.silences + 1;
      const down = watch.silences >= silencesUntilDown && answering.has(trunkId);
      if (health.healthy || down) report(health, `health:${ports.clock.now()}`);
    }
    watch.cancel = ports.clock.after(pingEveryMs, () => void ping(trunkId, report));
  }

  return {
    start(trunkId, report) {
      if (running.has(trunkId)) return;
      running.set(trunkId, { silences: 0, cancel: () => {} });
      void ping(trunkId, report);
    },
    stop(trunkId) {
      running.get(trunkId)?.cancel();
      running.delete(trunkId);
    },
  };
}
