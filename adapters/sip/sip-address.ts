/** Where a datagram goes. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** RFC 3261, 19.1.2: the port of `sip:` over UDP. */
const defaultPort = 5060;

/** Host and port of `HOST[:PORT]` (IPv6 in brackets), or undefined where it is none. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

/** Host and port that a SIP URI points at, its `maddr` aside. */
export function hostPortOfUri(uri: string): HostPort | undefined {
  const match = /^sips?:(?:[^@]*@)?([^;?>\s]+)/i.exec(uri);
  return match?.[1] === undefined ? undefined : parseHostPort(match[1]);
}

/** `HOST:PORT` as headers write it, IPv6 in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return `${formatHost(host)}:${port}`;
}

/** The host as URIs write it, IPv6 in brackets. */
export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * The next hop of a message about to leave. A request goes to its topmost Route, else to its Request-URI
 * (RFC 3261, 8.1.2, loose routing); a response to where its topmost Via came from (18.2.2, RFC 3581).
 */
export function nextHop(message: string): HostPort | undefined {
  if (message.startsWith('SIP/2.0 ')) {
    const via = /^Via:\s*SIP\/2\.0\/\w+\s+([^\s;,]+)([^\r\n,]*)/im.exec(message);
    const sentBy = via?.[1] === undefined ? undefined : parseHostPort(via[1]);
    if (!via || !sentBy) return undefined;
    const received = /;\s*received=([^;\s,]+)/i.exec(via[2] ?? '')?.[1];
    const rport = /;\s*rport=(\d{1,5})/i.exec(via[2] ?? '')?.[1];
    return { host: received ?? sentBy.host, port: rport === undefined ? sentBy.port : Number(rport) };
  }
  const headerEnd = message.indexOf('\r\n\r\n');
  const route = /^Route:[^<\r\n]*<([^>\r\n]+)>/im.exec(headerEnd < 0 ? message : message.slice(0, headerEnd));
  if (route?.[1] !== undefined) return hostPortOfUri(route[1]);
  const start = message.indexOf(' ') + 1;
  return hostPortOfUri(message.slice(start, message.indexOf(' ', start)));
}
