/** Tells whoever waits that something has changed. */
export class Hub {
  readonly #listeners = new Set<() => void>();

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls back at every change; returns how to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves once it is so. */
  until(met: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (met()) resolve();
    else {
      const stop = this.listen(() => {
        if (!met()) return;
        stop();
        resolve();
      });
    }
    return promise;
  }
}
