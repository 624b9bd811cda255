/** Is there a gateway where the trunk points? Asked before the first lead is spent. */
import { createSocket } from 'node:dgram';
import { localAddressTowards } from '#adapters/sip/local-address.ts';
import { hostPortOfUri } from '#adapters/sip/sip-address.ts';
import { FatalError } from '#ports/errors.ts';
import type { Telephony } from '#ports/telephony.ts';

const defaultPort = 5060;
/** How long a closed port has to say so (RFC 1122, 3.2.2.1). */
const refusalMs = 500;

/**
 * Looks at the address alone, before anything is opened or made.
 * @throws CONFIG_INVALID when it is none; TRUNK_UNREACHABLE when no host has that name, or no way leads there.
 */
export async function checkTrunkAddress(uri: string): Promise<void> {
  if (hostPortOfUri(uri)) {
    await localAddressTowards(uri);
    return;
  }
  throw new FatalError(
    'CONFIG_INVALID',
    `The trunk ${uri} has no address: write it as sip:HOST[:PORT], with a port up to 65535.`,
  );
}

/** A question to a gateway. */
export interface TrunkCheck {
  readonly trunkId: string;
  readonly uri: string;
  /** Aborts when nobody wants the answer any more: it counts as silence. */
  readonly stopped: AbortSignal;
  /** Called when the answer is not there at once: some seconds may follow. */
  onWait(): void;
}

/**
 * `answers`: OPTIONS came back. `silent`: nothing did, but nothing says that the port is closed either; some
 * carriers ignore OPTIONS.
 * @throws TRUNK_UNREACHABLE when the port is closed or the host has no address.
 */
export async function checkTrunk(
  { telephony }: { readonly telephony: Telephony | undefined },
  { trunkId, uri, stopped, onWait }: TrunkCheck,
): Promise<'answers' | 'silent'> {
  if (!telephony) {
    throw new FatalError(
      'CONFIG_INVALID',
      'A node that dials by itself needs the roles voice and edge: take roles out of the configuration.',
    );
  }
  const refused = refusal(uri);
  const answers = Promise.race([telephony.ping(trunkId).then(({ healthy }) => healthy), untilAborted(stopped)]);
  // A closed port says so at once; a ping gives up only after seconds.
  const atOnce = await Promise.race([answers, refused.then((why) => (why ? false : undefined))]);
  if (atOnce === undefined) onWait();
  if (atOnce ?? (await answers)) return 'answers';
  const why = await refused;
  if (!why) return 'silent';
  throw new FatalError(
    'TRUNK_UNREACHABLE',
    `The trunk ${uri} cannot be reached (${why}): check its address and port, and that the gateway runs.`,
  );
}

function untilAborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
}

/** What the network says against the address; undefined where it says nothing. */
async function refusal(uri: string): Promise<string | undefined> {
  const gateway = hostPortOfUri(uri);
  if (!gateway) return 'not an address';
  const socket = createSocket('udp4');
  try {
    return await new Promise((resolve) => {
      const silence = setTimeout(() => resolve(undefined), refusalMs);
      socket.once('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(silence);
        resolve(error.code ?? 'unknown error');
      });
      socket.connect(gateway.port ?? defaultPort, gateway.host, (error?: Error) => {
        // A connected socket hears ICMP's port unreachable; two line ends are SIP's keep-alive (RFC 5626, 3.5.1).
        if (!error) socket.send('\r\n\r\n');
      });
    });
  } finally {
    socket.close();
  }
}
