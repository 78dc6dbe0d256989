import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** The program of bench/voice/peers, which holds the kernels of others; one at a time is asked something. */
export class Peers {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #folder = mkdtempSync(join(tmpdir(), "offhook-bench-"));

  constructor(program: string) {
    this.#child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error(`${program} has no output`);
    this.#reader = createInterface({ input: stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** All frames of `input` from a fresh state on. */
  async run(kernel: string, input: Uint8Array): Promise<Uint8Array> {
    const [from, to] = [join(this.#folder, "from"), join(this.#folder, "to")];
    writeFileSync(from, input);
    await this.#ask(`run ${kernel} ${from} ${to}`);
    return new Uint8Array(readFileSync(to));
  }

  /** What `time` works on, channel after channel, and fresh states. */
  async load(kernel: string, input: Uint8Array, channels: number): Promise<void> {
    const from = join(this.#folder, "from");
    writeFileSync(from, input);
    await this.#ask(`load ${kernel} ${from} ${channels}`);
  }

  /** Processor time of so many passes over what is loaded, ns. */
  time(kernel: string, passes: number, channels: number): Promise<number> {
    return this.#ask(`time ${kernel} ${passes} ${channels}`);
  }

  async close(): Promise<void> {
    this.#child.stdin?.end();
    this.#reader.close();
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.#child.exitCode === null) await new Promise((resolve) => this.#child.once("exit", resolve));
  }

  async #ask(line: string): Promise<number> {
    this.#child.stdin?.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    const [word, number] = done === true ? [] : value.split(" ");
    if (word !== "ok") throw new Error(`the peers' program answered "${value ?? "nothing"}" to "${line}"`);
    return Number(number);
  }
}
