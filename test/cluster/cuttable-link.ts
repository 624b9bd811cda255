/** A TCP link to a server that a test can cut and mend, also in the middle of a request. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttableLink {
  /** Where the near end listens. */
  readonly port: number;
  /** Cuts what is connected and takes no connections until it is mended. */
  cut(): Promise<void>;
  /** Cuts by itself when that many packets more have come from the near or the far side; that packet is lost. */
  cutAt(packets: number, from: 'near' | 'far'): void;
  /** Cuts by itself when a request with this text comes by: before the far side has it, or once it has answered it. */
  cutAround(request: string, when: 'before' | 'after'): void;
  /**
   * From now on it takes every connection and every byte, and passes nothing on: as a network does that has lost the way.
   * Mending it breaks what is connected, for bytes are missing in it.
   */
  swallow(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a link to a server; `address`: where the near end listens. */
export async function openLink(
  target: { readonly host: string; readonly port: number },
  address = '127.0.0.1',
): Promise<CuttableLink> {
  const sockets = new Set<Socket>();
  let swallows = false;
  let cutting: { left: number; from: 'near' | 'far' } | undefined;
  let awaited: { request: string; when: 'before' | 'after' } | undefined;
  const server = createServer((near) => {
    const far = connect(target);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let answerIsCut = false;
    near.on('data', (bytes) => {
      if (awaited && bytes.includes(awaited.request)) {
        if (awaited.when === 'before') destroy();
        else answerIsCut = true;
        awaited = undefined;
      }
      pass(bytes, far, 'near');
    });
    far.on('data', (bytes) => {
      if (answerIsCut) destroy();
      pass(bytes, near, 'far');
    });
  });

  function pass(bytes: Buffer, to: Socket, from: 'near' | 'far'): void {
    if (cutting?.from === from) {
      cutting.left -= 1;
      if (cutting.left === 0) destroy();
    }
    // To one that was cut just now it is lost.
    if (!swallows) to.write(bytes);
  }

  function destroy(): void {
    cutting = undefined;
    for (const socket of sockets) socket.destroy();
  }

  async function listen(port: number): Promise<void> {
    server.listen(port, address);
    await once(server, 'listening');
  }

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    destroy();
    await closed;
  }

  async function mend(): Promise<void> {
    if (swallows) destroy();
    swallows = false;
    if (!server.listening) await listen(port);
  }

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut,
    cutAt(packets, from) {
      cutting = { left: packets, from };
    },
    cutAround(request, when) {
      awaited = { request, when };
    },
    swallow() {
      swallows = true;
    },
    mend,
    close: cut,
  };
}
