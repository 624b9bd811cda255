/** The bus: a nats-server of its own, without a login, on loopback only. */
import { probeBus } from '#adapters/nats/probe.ts';
import type { ServiceKind } from './kind.ts';
import { loopback } from './ports.ts';
import { needProgram } from './programs.ts';

export const natsServer: ServiceKind = {
  name: 'nats',
  urlOf: (port) => `nats://${loopback}:${port}`,
  async prepare({ port }) {
    const program = needProgram('nats-server', 'apt-get install nats-server');
    return { program, args: ['-a', loopback, '-p', `${port}`], stopSignal: 'SIGTERM' };
  },
  ask: (port) => probeBus({ servers: [`${loopback}:${port}`] }, 0),
};
