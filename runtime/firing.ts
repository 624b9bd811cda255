/** Sends the commands of durable timers to the actors that are placed here. */
import type { Clock } from '#ports/clock.ts';
import { FatalError } from '#ports/errors.ts';
import type { DurableTimer } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import type { AnyProtocol } from './envelopes.ts';
import { parseRef } from './refs.ts';
import type { Router } from './router.ts';

export interface FiringOptions {
  readonly router: Pick<Router, 'isLocal' | 'protocolOf' | 'route'>;
  readonly clock: Clock;
}

export class Firing {
  readonly #options: FiringOptions;

  constructor(options: FiringOptions) {
    this.#options = options;
  }

  /** Whether the timer's actor is placed here. */
  isMine({ stream }: DurableTimer): boolean {
    const ref = parseRef(stream);
    return ref !== undefined && this.#options.router.isLocal(ref.kind, ref.id);
  }

  /** @throws COMMAND_UNREADABLE where this version cannot read the timer's command: a newer one may have set it. */
  async fire({ stream, key, command: bytes }: DurableTimer, commandId: string): Promise<Answered<Tagged>> {
    const { router, clock } = this.#options;
    const ref = parseRef(stream);
    const protocol = ref && router.protocolOf(ref.kind);
    const command = protocol && readCommand(protocol, bytes);
    if (!command) {
      const message = `The command of the timer ${key} of ${stream} cannot be read; start a node of a version that can.`;
      throw new FatalError('COMMAND_UNREADABLE', message);
    }
    return new Promise((resolve) => {
      router.route(protocol, ref.id, {
        command,
        commandId,
        fresh: false,
        sender: stream,
        correlationId: '',
        causationId: '',
        sentAtMs: clock.now(),
        crashes: 0,
        settle: resolve,
      });
    });
  }
}

function readCommand(protocol: AnyProtocol, bytes: Uint8Array): Tagged | undefined {
  try {
    return protocol.command.decode(bytes);
  } catch {
    return undefined;
  }
}
