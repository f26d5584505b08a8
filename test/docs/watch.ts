import type { Readable } from "node:stream";

/**
 * Hears what a process writes. Returns how to wait: until something is `wanted`, looked at again after everything that
 * comes; when it did not come in `patienceMs`, it rejects and says `otherwise`.
 */
export function watch(output: Readable, patienceMs: number, hear: (text: string) => void) {
  const watchers = new Set<() => void>();
  output.setEncoding("utf8").on("data", (text: string) => {
    hear(text);
    for (const look of watchers) look();
  });
  return async (wanted: () => boolean, otherwise: () => string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => wanted() && resolve();
    const late = setTimeout(() => reject(new Error(otherwise())), patienceMs);
    watchers.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(late);
      watchers.delete(look);
    }
  };
}
