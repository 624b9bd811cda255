/**
 * The timers that sip.js leaves out because it knows reliable transports only: A and E send requests again, G
 * sends final responses again, and D, I, J and K keep a transaction long enough to absorb what the network
 * repeats (RFC 3261, 17 and table 4). Set from outside, by the library's own constants and by its prototypes,
 * so it holds for every transaction of the process.
 */
import {
  InviteClientTransaction,
  InviteServerTransaction,
  NonInviteClientTransaction,
  Timers,
  Transaction,
  TransactionState,
} from 'sip.js/lib/core/index.js';
import { whenQuiet } from './quiet-socket.ts';
import { TokenBucket } from './token-bucket.ts';

/** RFC 3261, 17.1.1.1: the estimated round trip. Tests make it shorter. */
export const defaultT1Ms = 500;

/**
 * Sent again at most, a process. Under overload every answer is late, and to ask again then is what turns
 * overload into collapse; a loss that is real waits one interval more.
 */
const retransmissions = { ratePerSecond: 1000, burst: 500 };

interface Open {
  send(message: string): Promise<void>;
  setState(state: TransactionState): void;
  dispose(): void;
}

const prototype = Transaction.prototype as unknown as Open;
const plain: Open = { send: prototype.send, setState: prototype.setState, dispose: prototype.dispose };
const armed = new WeakMap<Transaction, NodeJS.Timeout>();
const budget = new TokenBucket(retransmissions, Date.now());
let installed = false;

/** Sets the timers for UDP, from then on for all transactions of the process. */
export function installUdpTimers(t1Ms = defaultT1Ms): void {
  const t2Ms = 8 * t1Ms;
  const t4Ms = 10 * t1Ms;
  Object.assign(Timers, {
    T1: t1Ms,
    T2: t2Ms,
    T4: t4Ms,
    TIMER_B: 64 * t1Ms,
    TIMER_D: 64 * t1Ms,
    TIMER_F: 64 * t1Ms,
    TIMER_H: 64 * t1Ms,
    TIMER_I: t4Ms,
    TIMER_J: 64 * t1Ms,
    TIMER_K: t4Ms,
    TIMER_L: 64 * t1Ms,
    TIMER_M: 64 * t1Ms,
    TIMER_N: 64 * t1Ms,
  });
  if (installed) return;
  installed = true;
  prototype.send = function (this: Transaction, message: string) {
    if (!armed.has(this) && isUnanswered(this)) arm(this, message, Timers.T1);
    return plain.send.call(this, message);
  };
  prototype.setState = function (this: Transaction, state: TransactionState) {
    plain.setState.call(this, state);
    if (armed.has(this) && !isUnanswered(this)) disarm(this);
  };
  prototype.dispose = function (this: Transaction) {
    disarm(this);
    plain.dispose.call(this);
  };
}

/** Whether what a transaction sent must be sent again until something comes back. */
function isUnanswered(transaction: Transaction): boolean {
  const { state } = transaction;
  if (transaction instanceof InviteClientTransaction) return state === TransactionState.Calling;
  if (transaction instanceof NonInviteClientTransaction) {
    return state === TransactionState.Trying || state === TransactionState.Proceeding;
  }
  return transaction instanceof InviteServerTransaction && state === TransactionState.Completed;
}

function arm(transaction: Transaction, message: string, delayMs: number): void {
  const timer = setTimeout(() => {
    whenQuiet(() => {
      if (armed.get(transaction) !== timer) return;
      if (budget.take(Date.now())) plain.send.call(transaction, message).catch(() => {});
      if (armed.get(transaction) === timer) arm(transaction, message, nextDelayMs(transaction, delayMs));
    });
  }, delayMs);
  armed.set(transaction, timer);
}

function disarm(transaction: Transaction): void {
  clearTimeout(armed.get(transaction));
  armed.delete(transaction);
}

/** Timer A doubles without end until B; E and G double up to T2, and E stays there once a 1xx came. */
function nextDelayMs(transaction: Transaction, delayMs: number): number {
  if (transaction instanceof InviteClientTransaction) return 2 * delayMs;
  if (transaction.state === TransactionState.Proceeding) return Timers.T2;
  return Math.min(2 * delayMs, Timers.T2);
}
