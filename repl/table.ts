/** Tables as the console prints them. */
import Table from 'cli-table3';
import type { Desk } from './command.ts';

/** Prints rows under their heads; where there are none, the sentence. */
export function printTable(
  desk: Pick<Desk, 'print'>,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  none: string,
): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  desk.print(rows.length > 0 ? table.toString() : none);
}

/** Prints what is missing in a list that was asked of several nodes. */
export function printMissing(
  desk: Pick<Desk, 'print'>,
  { more, silent }: { readonly more: boolean; readonly silent: readonly string[] },
): void {
  for (const node of silent) desk.print(`Node ${node} does not answer: what it has is not in the list.`);
  if (more) desk.print('There are more: ask for one kind, or for one node.');
}
