import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Things of one test that must be ended: last opened, first closed, each whatever became of the others. */
export class Scratch {
  readonly #closers: (() => Promise<void> | void)[] = [];

  /** A new folder, removed at the end. */
  async folder(name: string): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), `offhook-${name}-`));
    this.atEnd(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  atEnd(close: () => Promise<void> | void): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    const problems: unknown[] = [];
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      try {
        await closer();
      } catch (problem) {
        problems.push(problem);
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, "the test could not clean up");
  }
}
