import type { Plan } from "./plan.ts";

/**
 * What a plan would do, a line each: what is deleted first, because that is what nobody may overlook, then what is
 * created, then what is changed.
 */
export function planLines({ creates, changes, deletes }: Plan): string[] {
  const price = (usd: number | null) => (usd === null ? "" : `, $${usd.toFixed(2)} a month`);
  return [
    ...deletes.map(
      ({ node, label, id, monthlyUsd }) => `- delete ${node} (${label}, machine ${id}${price(monthlyUsd)})`,
    ),
    ...creates.map(
      ({ node, label, type, region, monthlyUsd }) =>
        `+ create ${node} (${label}, ${type} in ${region}${price(monthlyUsd)})`,
    ),
    ...changes.flatMap(({ node, operation, key, changes: fields }) =>
      fields.map(({ field, have, want }) => `~ ${node}: ${operation} ${key}: ${field} ${have ?? "nothing"} → ${want}`),
    ),
  ];
}
