/** Keeps a label from taking more values than a store of time series can bear. */

/** What is counted for every value beyond the limit. */
export const otherValue = 'other';

/** The first `limit` values are themselves, all later ones `other`. */
export function boundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return otherValue;
    known.add(value);
    return value;
  };
}
