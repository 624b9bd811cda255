/** Values as text for a person. */

/** Text of more characters than this is cut: a console is no place for the whole of a large state. */
const mostCharacters = 64 * 1024;

/** JSON in which bytes are counted and not shown: what they hold is for programs. */
export function shown(value: unknown, indent = 0, most = mostCharacters): string {
  const text = JSON.stringify(value, withoutBytes, indent) ?? 'null';
  return text.length <= most ? text : `${text.slice(0, most)} … (${text.length - most} characters more)`;
}

/** Looks at the value before a Buffer has made an object of itself. */
function withoutBytes(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return original instanceof Uint8Array ? `(${original.length} bytes)` : value;
}
