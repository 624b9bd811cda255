/** What one actor of a recorded journal is told. */
import type { Protocol, Tagged } from '#proto/codec.ts';

export interface Story {
  readonly protocol: Protocol<Tagged, Tagged, Tagged>;
  readonly id: string;
  readonly commands: readonly Tagged[];
}

export function story<C extends Tagged, E extends Tagged, R extends Tagged>(
  protocol: Protocol<C, E, R>,
  id: string,
  commands: readonly C[],
): Story {
  return { protocol: protocol as unknown as Story['protocol'], id, commands };
}
