/** How actors are named: kind/id. */

const idPattern = /^[A-Za-z0-9._-]{1,200}$/;

/** Whether a text may be the id of an actor: 1 to 200 letters, digits, dots, underscores and hyphens. */
export function isActorId(id: string): boolean {
  return idPattern.test(id);
}

/** The name of an actor and of its stream in the journal. */
export function refOf(kind: string, id: string): string {
  return `${kind}/${id}`;
}

/** Takes kind/id apart; undefined where it is none. */
export function parseRef(ref: string): { readonly kind: string; readonly id: string } | undefined {
  const slash = ref.indexOf('/');
  const id = ref.slice(slash + 1);
  return slash > 0 && isActorId(id) ? { kind: ref.slice(0, slash), id } : undefined;
}
