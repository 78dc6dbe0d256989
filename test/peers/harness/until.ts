/** Tells whoever listens that something may have changed; says nothing of what. */
export class Bell {
  readonly #listeners = new Set<() => void>();

  ring(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Returns how to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export interface Wait {
  /** What is waited for, as it is to stand in the failure. */
  readonly what: string;
  readonly deadlineMs: number;
  /** Evidence for the failure, e.g. the output of the program. */
  readonly evidence?: () => string;
}

/**
 * Resolves with what `look` gives as soon as it gives something; looks again at every ring of the bell.
 * Rejects at the deadline with the evidence: a test that waits for an event never sleeps and never hangs.
 */
export function until<T>(bell: Bell, wait: Wait, look: () => T | null | undefined | false): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      clearTimeout(deadline);
      stopListening();
    };
    const glance = () => {
      try {
        const seen = look();
        if (seen === null || seen === undefined || seen === false) return;
        finish();
        resolve(seen);
      } catch (problem) {
        finish();
        reject(problem);
      }
    };
    const deadline = setTimeout(() => {
      finish();
      reject(new Error(tooLate(wait)));
    }, wait.deadlineMs);
    const stopListening = bell.listen(glance);
    glance();
  });
}

/** The promise, or a failure when it takes longer than the deadline. */
export async function within<T>(promise: Promise<T>, wait: Wait): Promise<T> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    deadline = setTimeout(() => reject(new Error(tooLate(wait))), wait.deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(deadline);
  }
}

function tooLate(wait: Wait): string {
  const evidence = wait.evidence?.() ?? "";
  return `${wait.what}: not within ${wait.deadlineMs} ms${evidence === "" ? "" : `\n--- evidence\n${evidence}`}`;
}
