import { createSocket } from 'node:dgram';
import { FatalError } from '#ports/errors.ts';
import { hostPortOfUri } from './sip-address.ts';

/**
 * The IPv4 address of this machine that a gateway (`sip:HOST[:PORT]`) would see, by the system's own routes:
 * the one to bind and to write into Contact and SDP. Nothing is sent.
 * @throws TRUNK_UNREACHABLE when there is no such host or no way to it.
 */
export async function localAddressTowards(gatewayUri: string): Promise<string> {
  const gateway = hostPortOfUri(gatewayUri);
  const socket = createSocket('udp4');
  try {
    return await new Promise<string>((resolve, reject) => {
      if (!gateway) throw new Error('not of the form sip:HOST or sip:HOST:PORT');
      // Connecting a UDP socket only asks the routing table.
      socket.connect(gateway.port, gateway.host, (error?: Error) => {
        if (error) reject(error);
        else resolve(socket.address().address);
      });
    });
  } catch (error) {
    throw new FatalError(
      'TRUNK_UNREACHABLE',
      `There is no way from this machine to the trunk ${gatewayUri} (${reasonIn(error)}): check its address and the network.`,
      { cause: error },
    );
  } finally {
    socket.close();
  }
}

function reasonIn(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
