/** Asks the bus once before the broker does, which would try again for ever and never say why. */
import { setTimeout as after } from 'node:timers/promises';
import { type ConnectionOptions, connect, ErrorCode } from 'nats';
import { FatalError, RetryableError } from '#ports/errors.ts';

/** A bus that starts at the same time as we gets this long. */
const patienceMs = 5_000;
/** For one connection, from the first packet to the answered login. */
const answerMs = 3_000;
const pauseMs = 250;

const refusedLogins: ReadonlySet<string> = new Set([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AuthenticationTimeout,
  ErrorCode.AccountExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
]);

/** What Node calls a certificate that it does not believe, and a handshake that the far side ended. */
const refusedTls = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_SSL|ERR_TLS|EPROTO/;

/**
 * Resolves when a node with these options could join the bus. Nothing of the login is in what it throws.
 * @throws BUS_REFUSED when the bus wants another login or certificate, at once.
 * @throws BUS_UNREACHABLE when no NATS server answers in time.
 */
export async function probeBus(options: ConnectionOptions, waitMs: number = patienceMs): Promise<void> {
  const where = [options.servers ?? '127.0.0.1:4222'].flat().join(', ');
  const endsAt = performance.now() + waitMs;
  for (;;) {
    const fault = await tryOnce(options).catch((error: unknown) => error ?? new Error('the connection was closed'));
    if (fault === undefined) return;
    const refused = refusalOf(fault, where);
    if (refused) throw new FatalError('BUS_REFUSED', refused, { cause: fault });
    if (performance.now() + pauseMs > endsAt) {
      throw new RetryableError(
        'BUS_UNREACHABLE',
        `No NATS server answers at ${where} (${codeOf(fault)}): start it, or mend nats.url (CALLBOARD_NATS_URL).`,
        { cause: fault },
      );
    }
    await after(pauseMs);
  }
}

/** Connects and leaves again. A far side that takes the connection and says nothing is given up. */
async function tryOnce(options: ConnectionOptions): Promise<void> {
  const connecting = connect({ ...options, name: 'callboard-probe', reconnect: false, timeout: answerMs });
  const connection = await connecting;
  await connection.close();
}

function refusalOf(fault: unknown, where: string): string | undefined {
  const code = codeOf(fault);
  if (refusedLogins.has(code)) {
    return `The bus at ${where} refuses the login: mend nats.username and nats.password, or nats.token.`;
  }
  if (code === ErrorCode.ServerOptionNotAvailable) {
    return `The bus at ${where} speaks no TLS: write nats:// in nats.url and leave out nats.tls, or turn TLS on there.`;
  }
  if (code === ErrorCode.Tls || refusedTls.test(code)) {
    return `The bus at ${where} and this node do not trust each other's certificates (${code}): mend the files of nats.tls.`;
  }
  return undefined;
}

/** The client's code, or that of what it met; never a message, which may repeat what was sent. */
function codeOf(fault: unknown): string {
  const { code, chainedError } = fault as { code?: unknown; chainedError?: unknown };
  const known = chainedError === undefined ? undefined : (chainedError as { code?: unknown }).code;
  return String(known ?? code ?? 'no NATS server');
}
