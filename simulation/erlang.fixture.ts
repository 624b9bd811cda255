/** Erlang's formulas, which the simulator must agree with where they apply (Erlang 1917; Palm 1957; Mandelbaum and Zeltyn 2007). */

/** Share of calls that find all `servers` busy and are lost, M/M/c/c, at `load` erlang. */
export function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let server = 1; server <= servers; server++) blocked = (load * blocked) / (server + load * blocked);
  return blocked;
}

/** Share of calls that have to wait, M/M/c; `load` erlang, below `servers`. */
export function erlangC(servers: number, load: number): number {
  const blocked = erlangB(servers, load);
  return (servers * blocked) / (servers - load * (1 - blocked));
}

/**
 * Share of calls that hang up before they are served, M/M/c+M. Rates are per time unit: `arrivals`, `services` of one
 * server, `hangups` of one who waits. By the stationary distribution of the birth-and-death process.
 */
export function erlangA(servers: number, arrivals: number, services: number, hangups: number): number {
  let weight = 1;
  let total = 1;
  let lost = 0;
  for (let inside = 1; inside < servers * 20 + 1000; inside++) {
    const waiting = Math.max(0, inside - servers);
    weight *= arrivals / (Math.min(inside, servers) * services + waiting * hangups);
    total += weight;
    lost += weight * waiting * hangups;
  }
  return lost / total / arrivals;
}
