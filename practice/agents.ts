/**
 * Practice agents, the phones of a floor in a process of its own: `node practice/agents.ts [--port N] [--seed N]
 * [--time-scale X] [--record FOLDER]`. Prints `ready sip:127.0.0.1:PORT` when they can be called, at `sip:NAME@127.0.0.1:PORT`. Ends when
 * its standard input does, so that it never outlives who started it, and on SIGTERM or SIGINT.
 */
import { openAgents } from './open-agents.ts';
import { runPractice } from './process.ts';

await runPractice('The practice agents', openAgents);
