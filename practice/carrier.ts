/**
 * The practice carrier, a far side in a process of its own: `node practice/carrier.ts [--port N] [--seed N]
 * [--time-scale X] [--record FOLDER]`. Prints `ready sip:127.0.0.1:PORT` when it takes calls. Ends when its standard input does, so
 * that it never outlives who started it, and on SIGTERM or SIGINT.
 */
import { openCarrier } from './open-carrier.ts';
import { runPractice } from './process.ts';

await runPractice('The practice carrier', openCarrier);
