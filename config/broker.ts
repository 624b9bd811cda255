/** What Moleculer's broker is given: NATS in a cluster, no transporter when embedded, our log. */
import { checkServerIdentity } from 'node:tls';
import type { BrokerOptions } from 'moleculer';
import type { TlsOptions } from 'nats';
import type { Logger } from 'pino';
import { systemClock } from '#ports/system-clock.ts';
import { ClusterDiscoverer } from '#runtime/discoverer.ts';
import { PacketSerializer } from '#runtime/packets.ts';
import type { Config } from './schema.ts';

/** Requests between nodes that take longer than this have failed. */
const requestTimeoutMs = 10_000;

export function brokerOptions(config: Config, log?: Logger): BrokerOptions {
  return {
    nodeID: config.nodeId,
    namespace: config.cluster,
    requestTimeout: requestTimeoutMs,
    registry: {
      strategy: 'RoundRobin',
      preferLocal: true,
      discoverer: new ClusterDiscoverer({ clock: systemClock }),
    },
    serializer: new PacketSerializer(),
    logger: log
      ? { type: 'Pino', options: { createLogger: (level: string, bindings: object) => log.child(bindings, { level }) } }
      : false,
    skipProcessEventRegistration: true,
    ...(config.nats ? { transporter: { type: 'NATS', options: natsOptions(config.nats) } } : {}),
  };
}

/** How the bus is joined. A connection that hangs is noticed as fast as a node that is lost. */
export function natsOptions({ url, username, password, token, tls }: NonNullable<Config['nats']>) {
  const servers = url.split(',').map((server) => server.replace(/^\w+:\/\//, ''));
  const secured = { ...tls, checkServerIdentity: identityOfAny(servers) };
  return {
    servers,
    ...(username && password ? { user: username, pass: password } : {}),
    ...(token === undefined ? {} : { token }),
    ...(tls || url.startsWith('tls:') ? { tls: secured as TlsOptions } : {}),
    pingInterval: 1000,
    maxPingOut: 2,
    reconnectTimeWait: 250,
  };
}

/** The client would look for `localhost` in the certificate of a server that is named by its address. */
function identityOfAny(servers: readonly string[]): typeof checkServerIdentity {
  const hosts = servers.map((server) => server.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
  return (_, certificate) => {
    const faults = hosts.map((host) => checkServerIdentity(host, certificate));
    return faults.every((fault) => fault !== undefined) ? faults[0] : undefined;
  };
}
