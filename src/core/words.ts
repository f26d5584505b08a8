/** `1 node`, `3 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const or = new Intl.ListFormat("en", { type: "disjunction" });
const and = new Intl.ListFormat("en", { type: "conjunction" });

/** `a, b, or c`. */
export const anyOf = (items: readonly string[]): string => or.format(items);
/** `a, b, and c`. */
export const allOf = (items: readonly string[]): string => and.format(items);
