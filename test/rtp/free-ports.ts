/** Ports on 127.0.0.1 that nobody has at the moment. */
import { bindPair } from '#adapters/rtp/port-pair.ts';
import type { PortBounds } from '#adapters/rtp/port-range.ts';

/** A range of exactly this many pairs, below the ports that systems give out by themselves. */
export async function freePairs(count: number): Promise<PortBounds> {
  for (;;) {
    const from = 10_000 + 2 * Math.floor(Math.random() * 10_000);
    const ports = Array.from({ length: count }, (_, index) => from + 2 * index);
    const bound = await Promise.allSettled(ports.map((port) => bindPair('127.0.0.1', port)));
    const pairs = bound.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const sockets = pairs.flatMap(({ rtp, rtcp }) => [rtp, rtcp]);
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
    if (pairs.length === count) return { from, to: from + 2 * count - 1 };
  }
}
