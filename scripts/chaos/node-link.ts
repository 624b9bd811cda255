/**
 * A node's way to the bus, which can be lost while everything else of the machine goes on: through a network namespace
 * where we may make one, else through a TCP proxy.
 */
import { needProgram } from '#scripts/services/programs.ts';
import { openLink } from '#test/cluster/cuttable-link.ts';
import { openNamespace } from './namespace.ts';

export interface NodeLink {
  /** Of the bus, as the node sees it. */
  readonly url: string;
  /** Whether it leads through a network namespace. */
  readonly isNamespace: boolean;
  /** Breaks what is connected and refuses the rest until it is mended. */
  cut(): Promise<void>;
  /**
   * What is sent is lost. In a namespace packets are, as if a cable was out, and TCP sends them again when it is mended:
   * what was said meanwhile comes late. The proxy loses the bytes, and breaks what is connected when it is mended.
   */
  lose(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Whether namespaces can be made here: it takes root, with the right to set up networks. */
export async function mayMakeNamespaces(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  try {
    const namespace = await openNamespace(0, needProgram('ip', 'apt-get install iproute2'));
    await namespace.close();
    return true;
  } catch {
    return false;
  }
}

/** Through a proxy in a namespace of its own. */
export async function namespaceLink(number: number, busPort: number): Promise<NodeLink> {
  const namespace = await openNamespace(number, needProgram('ip', 'apt-get install iproute2'));
  const outer = await openLink({ host: '127.0.0.1', port: busPort }, namespace.ours);
  const inner = await namespace.forward(outer.port);
  return {
    url: `nats://${namespace.theirs}:${inner.port}`,
    isNamespace: true,
    cut: () => inner.cut(),
    lose: () => namespace.unplug(),
    async mend() {
      await namespace.plug();
      await inner.mend();
    },
    async close() {
      inner.end();
      await outer.close();
      await namespace.close();
    },
  };
}

/** Through a proxy alone. */
export async function proxyLink(busPort: number): Promise<NodeLink> {
  const link = await openLink({ host: '127.0.0.1', port: busPort });
  return {
    url: `nats://127.0.0.1:${link.port}`,
    isNamespace: false,
    cut: link.cut,
    lose: async () => link.swallow(),
    mend: link.mend,
    close: link.close,
  };
}
