/** What was opened, closed in the opposite order. */

export type Closing = () => Promise<unknown>;

/** Closes all of them; the first that failed is thrown in the end. */
export async function closeAll(opened: Closing[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of opened.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
