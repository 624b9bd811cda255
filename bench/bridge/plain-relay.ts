/** What bridging is measured against, as a worker thread: pairs of UDP sockets, each datagram sent on as it is. */
import { createSocket, type Socket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';

const { pairs, sink } = workerData as { readonly pairs: number; readonly sink: number };

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

const ports: number[] = [];
for (let pair = 0; pair < pairs; pair++) {
  const sides = [await bound(), await bound()] as const;
  for (const [from, to] of [sides, [sides[1], sides[0]] as const]) {
    from.on('message', (datagram) => to.send(datagram, sink, '127.0.0.1'));
    ports.push(from.address().port);
  }
}
parentPort?.postMessage(ports);
