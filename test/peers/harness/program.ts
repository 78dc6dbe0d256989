import { type ChildProcess, spawn } from "node:child_process";
import { Bell, until, within } from "./until.ts";

export interface ProgramOptions {
  /** For failures: which of the programs it is. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const OUTPUT_LIMIT = 200_000;

/** A real program under test or beside it: started, listened to, ended by its process id. */
export class Program {
  readonly name: string;
  readonly changed = new Bell();
  readonly exited: Promise<number | null>;
  #output = "";
  #exit: { readonly code: number | null } | null = null;
  readonly #child: ChildProcess;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    const env = options.env === undefined ? process.env : { ...process.env, ...options.env };
    this.#child = spawn(options.command, [...options.args], {
      cwd: options.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (data: Buffer) => this.#take(data));
    this.#child.stderr?.on("data", (data: Buffer) => this.#take(data));
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (problem) => this.#ended(null, `${problem.message}\n`, resolve));
      this.#child.once("close", (code) => this.#ended(code, "", resolve));
    });
  }

  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Exit code once it has ended, null while it runs; -1 when a signal ended it. */
  get exitCode(): number | null {
    return this.#exit === null ? null : (this.#exit.code ?? -1);
  }

  /** Resolves at the first output that matches; rejects with the output at the deadline or when the program ends before. */
  says(pattern: RegExp, deadlineMs: number): Promise<RegExpExecArray> {
    const wait = { what: `${this.name} says ${pattern}`, deadlineMs, evidence: () => this.tail() };
    return until(this.changed, wait, () => {
      const match = pattern.exec(this.#output);
      if (match === null && this.#exit !== null) throw new Error(`${wait.what}: it ended before\n${this.tail()}`);
      return match;
    });
  }

  /** Resolves with the exit code. */
  ends(deadlineMs: number): Promise<number | null> {
    return within(this.exited, { what: `${this.name} ends`, deadlineMs, evidence: () => this.tail() });
  }

  signal(name: NodeJS.Signals): void {
    if (this.#exit === null) this.#child.kill(name);
  }

  /** Asks it to end, and makes it end after three seconds. */
  async stop(): Promise<void> {
    if (this.#exit !== null) return;
    this.#child.kill("SIGTERM");
    const hard = setTimeout(() => this.#child.kill("SIGKILL"), 3000);
    await this.exited;
    clearTimeout(hard);
  }

  /** The last of the output, for failures. */
  tail(characters = 4000): string {
    return this.#output.slice(-characters);
  }

  #take(data: Buffer): void {
    this.#output = (this.#output + data.toString("utf8")).slice(-OUTPUT_LIMIT);
    this.changed.ring();
  }

  #ended(code: number | null, words: string, resolve: (code: number | null) => void): void {
    if (this.#exit !== null) return;
    this.#output += words;
    this.#exit = { code };
    resolve(code);
    this.changed.ring();
  }
}
