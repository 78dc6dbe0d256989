import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const FRAMES = 512;
export const FRAME_OCTETS = 160;
/** Ports of the callers and listeners: socket s has FIRST_PORT + 4 s. */
export const FIRST_PORT = 36_000;
const RECORD = 12 + FRAME_OCTETS;

/** A packet that came out of the relay. */
export interface Arrival {
  readonly socket: number;
  /** From the first measured moment on, µs; the largest number for one before. */
  readonly us: number;
  readonly sequence: number;
  readonly payloadType: number;
  readonly payload: Buffer;
}

export interface Target {
  readonly port: number;
  readonly payloadType: number;
}

export interface TrafficPlan {
  readonly pairs: number;
  readonly warmSeconds: number;
  readonly seconds: number;
  /** `spread`: each stream at its own time within 20 ms; `burst`: all at the same. */
  readonly phase: "spread" | "burst";
  /** Of the even sockets, then of the odd ones: FRAMES x FRAME_OCTETS each. */
  readonly frames: readonly [Uint8Array, Uint8Array];
}

/** The callers and listeners: a program in C, built once. */
export class Traffic {
  readonly #folder = mkdtempSync(join(tmpdir(), "offhook-path-"));

  constructor() {
    const source = join(import.meta.dirname, "traffic.c");
    execFileSync("cc", ["-O2", "-o", join(this.#folder, "traffic"), source]);
  }

  /** Sends to the targets; calls `measure` at both ends of the measured seconds. */
  async run(plan: TrafficPlan, targets: readonly Target[], measure: () => void): Promise<Arrival[]> {
    const [frames, out] = [join(this.#folder, "frames"), join(this.#folder, "out")];
    writeFileSync(frames, Buffer.concat(plan.frames));
    const numbers = [plan.pairs, FIRST_PORT, plan.warmSeconds, plan.seconds].map(String);
    const program = spawn(join(this.#folder, "traffic"), [...numbers, plan.phase, frames, out], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    program.stdin.end(targets.map(({ port, payloadType }) => `${port} ${payloadType}\n`).join(""));
    createInterface(program.stdout).on("line", (line) => {
      if (line !== "ready") measure();
    });
    await succeeded(program);
    return arrivals(readFileSync(out));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

async function succeeded(program: ChildProcess): Promise<void> {
  const [code] = await once(program, "close");
  if (code !== 0) throw new Error(`traffic ended with ${code}`);
}

function arrivals(records: Buffer): Arrival[] {
  return Array.from({ length: records.length / RECORD }, (_, n) => {
    const record = records.subarray(n * RECORD, (n + 1) * RECORD);
    return {
      socket: record.readUInt32LE(0),
      us: record.readUInt32LE(4),
      sequence: record.readUInt16LE(8),
      payloadType: record.readUInt8(10),
      payload: record.subarray(12),
    };
  });
}
