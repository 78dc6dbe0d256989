import { setTimeout } from "node:timers/promises";
import { Program, type ProgramOptions } from "../harness/program.ts";
import type { Scratch } from "../harness/scratch.ts";

/** A program that prints how far it is. */
export class Counting {
  readonly #program: Program;

  constructor(scratch: Scratch, options: ProgramOptions) {
    this.#program = new Program(options);
    scratch.atEnd(() => this.#program.stop());
  }

  /** @throws Error when the program has ended */
  get count(): number {
    if (this.#program.exitCode !== null) throw new Error(`${this.#program.name} ended: ${this.#program.tail()}`);
    return Number(/(\d+)\n$/.exec(this.#program.tail(100))?.[1] ?? 0);
  }

  /** So much a second, over that time. */
  async rate(ms: number): Promise<number> {
    const [before, began] = [this.count, performance.now()];
    await setTimeout(ms);
    return (1000 * (this.count - before)) / (performance.now() - began);
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}
