/**
 * Tells when everything that lay in the SIP sockets has been read. After a pause of the event loop, timers run
 * before sockets are read, and one turn of the loop reads 32 datagrams at most: to repeat a request then would
 * be to ask for an answer that is already here.
 */
let datagramsRead = 0;
let readBefore = 0;
let waiting: (() => void)[] = [];

/** The hub calls this for each datagram, before anything else. */
export function noteDatagram(): void {
  datagramsRead += 1;
}

/** Calls back after a turn of the event loop in which no datagram came. */
export function whenQuiet(callback: () => void): void {
  waiting.push(callback);
  if (waiting.length === 1) watch();
}

function watch(): void {
  readBefore = datagramsRead;
  setImmediate(() => {
    if (datagramsRead !== readBefore) {
      watch();
      return;
    }
    const ready = waiting;
    waiting = [];
    for (const callback of ready) callback();
  });
}
