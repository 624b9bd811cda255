/** Cuts between brokers that talk over Moleculer's Fake transporter with JSON. */
import type { ServiceBroker } from 'moleculer';

interface Transporter {
  receive(command: string, data: Buffer): Promise<void>;
  send(topic: string, data: Buffer): Promise<void>;
}

/** From now on nothing that `from` sends reaches `to`, or no packet of one kind; the function returned mends it. */
export function cut(from: string, to: ServiceBroker, only?: string): () => void {
  const transporter = transporterOf(to);
  const { receive } = transporter;
  transporter.receive = (command, data) => {
    const { sender } = JSON.parse(data.toString()) as { sender?: string };
    const isCut = sender === from && (only === undefined || only === command);
    return isCut ? Promise.resolve() : receive.call(transporter, command, data);
  };
  return () => {
    transporter.receive = receive;
  };
}

/** The broker says and hears nothing any more, not even itself. */
export function silence(broker: ServiceBroker): void {
  const nothing = () => Promise.resolve();
  Object.assign(transporterOf(broker), { receive: nothing, send: nothing });
}

function transporterOf(broker: ServiceBroker): Transporter {
  return (broker as unknown as { transit: { tx: Transporter } }).transit.tx;
}

/** Cuts two brokers from each other; mend in the opposite order where one is cut from several. */
export function part(left: ServiceBroker, right: ServiceBroker): () => void {
  const mends = [cut(left.nodeID, right), cut(right.nodeID, left)];
  return () => {
    for (const mend of mends) mend();
  };
}
