/** An even UDP port for RTP and the next one for RTCP (RFC 3550, 11). */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { isIPv6 } from 'node:net';

export interface PortPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/** Binds both ports. @throws the system's error, with nothing left open */
export async function bindPair(address: string, port: number): Promise<PortPair> {
  const rtp = await bind(address, port);
  try {
    return { rtp, rtcp: await bind(address, port + 1) };
  } catch (error) {
    rtp.close();
    throw error;
  }
}

function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true, lookup } : { type: 'udp4', lookup });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** Addresses of media are numbers: nothing is ever asked of the DNS, least of all for each packet. */
const lookup: SocketOptions['lookup'] = (hostname, _options, callback) => {
  callback(null, hostname, isIPv6(hostname) ? 6 : 4);
};
