import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CodecName, payloadTypes, type Relay } from "./relay.ts";
import { FIRST_PORT, type Target } from "./traffic.ts";

const OWN_PORT = 38_000;

/** The same system calls from C, without a jitter buffer, statistics or anything else: how far it can go. */
export class Bound implements Relay {
  readonly name = "C, bound";
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  static async start(sockets: number): Promise<Bound> {
    const folder = mkdtempSync(join(tmpdir(), "offhook-bound-"));
    const program = join(folder, "bound");
    execFileSync("cc", ["-O2", "-o", program, join(import.meta.dirname, "bound.c")]);
    const numbers = [sockets, OWN_PORT, FIRST_PORT].map(String);
    const child = spawn(program, numbers, { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    return new Bound(child, folder);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  connects(a: CodecName, b: CodecName): boolean {
    return a === b;
  }

  async connect(pair: number, a: CodecName, b: CodecName): Promise<readonly [Target, Target]> {
    const port = OWN_PORT + 4 * pair;
    return [
      { port, payloadType: payloadTypes[a] },
      { port: port + 2, payloadType: payloadTypes[b] },
    ];
  }

  async disconnect(): Promise<void> {}

  async close(): Promise<void> {
    const gone = once(this.#process, "close");
    this.#process.kill("SIGTERM");
    await gone;
    rmSync(this.#folder, { recursive: true });
  }
}
