/** Is there a gateway where the trunk points? Asked before the first lead is spent. */
import { createSocket } from 'node:dgram';
import { hostPortOfUri } from '#adapters/sip/sip-address.ts';
import { FatalError } from '#ports/errors.ts';
import type { Telephony } from '#ports/telephony.ts';

const defaultPort = 5060;
/** How long a closed port has to say so (RFC 1122, 3.2.2.1). */
const refusalMs = 500;

/**
 * `answers`: OPTIONS came back. `silent`: nothing did, but nothing says that the port is closed either; some
 * carriers ignore OPTIONS.
 * @throws TRUNK_UNREACHABLE when the port is closed or the host has no address.
 */
export async function checkTrunk(
  { telephony }: { readonly telephony: Telephony | undefined },
  trunkId: string,
  uri: string,
): Promise<'answers' | 'silent'> {
  if (!telephony) {
    throw new FatalError(
      'CONFIG_INVALID',
      'A node that dials by itself needs the roles voice and edge: take roles out of the configuration.',
    );
  }
  const refused = refusal(uri);
  const answers = telephony.ping(trunkId).then(({ healthy }) => healthy);
  // A closed port says so at once; a ping gives up only after seconds.
  const healthy = await Promise.race([answers, refused.then((why) => (why ? false : answers))]);
  if (healthy) return 'answers';
  const why = await refused;
  if (!why) return 'silent';
  throw new FatalError(
    'TRUNK_UNREACHABLE',
    `The trunk ${uri} cannot be reached (${why}): check its address and port, and that the gateway runs.`,
  );
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
