/** What Moleculer's broker is given: no transporter when embedded, our log, our commands at its console. */
import type { BrokerOptions } from 'moleculer';
import type { Logger } from 'pino';
import type { Config } from './schema.ts';

/** Requests between nodes that take longer than this have failed. */
const requestTimeoutMs = 10_000;

export function brokerOptions(config: Config, log?: Logger): BrokerOptions {
  return {
    nodeID: config.nodeId,
    namespace: 'callboard',
    requestTimeout: requestTimeoutMs,
    registry: { strategy: 'RoundRobin', preferLocal: true },
    heartbeatInterval: 1,
    heartbeatTimeout: 3,
    logger: log
      ? { type: 'Pino', options: { createLogger: (level: string, bindings: object) => log.child(bindings, { level }) } }
      : false,
    skipProcessEventRegistration: true,
  };
}
