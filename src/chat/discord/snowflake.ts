/** Milliseconds since 1970 at which Discord began to count. */
const epoch = 1_420_070_400_000n;

/** When Discord made what has this id, in milliseconds since 1970. */
export const madeAt = (id: string): number => Number((BigInt(id) >> 22n) + epoch);
