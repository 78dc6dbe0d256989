import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { run } from "../../src/simulation/run.ts";
import { seedOf } from "../../src/simulation/simulate.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { Day, recordedDay } from "../vendor/recorder/day.ts";
import { nodeOf } from "./harness/node-releases.ts";
import { Scratch } from "./harness/scratch.ts";

const program = join(import.meta.dirname, "../../dist/offhook.js");
/** The oldest that is promised, and those after it. */
const releases = [20, 22, 24];
const seed = 20_261_123;

interface Output {
  readonly sha256: string;
  readonly octets: number;
  readonly end: string;
}

/** Runs the built program; whatever it prints is hashed. */
async function ran(node: string, args: readonly string[], onChunk: () => void = () => undefined): Promise<Output> {
  const child = spawn(node, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const hash = createHash("sha256");
  let [octets, end] = [0, ""];
  child.stdout.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    octets += chunk.length;
    onChunk();
    end = (end + chunk.toString()).slice(-1000);
  });
  const [code] = await once(child, "close");
  assert.equal(code, 0, end);
  return { sha256: hash.digest("hex"), octets, end };
}

/** Ten houses in which much happens, but no handler is made to throw (that would not be so again), and a quiet day in files of 100 kB. */
async function recordings(t: TestContext): Promise<readonly string[]> {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const folder = await scratch.folder("nodes");
  const houses = join(folder, "houses");
  await mkdir(houses);
  for (let n = 0; n < 10; n++) {
    const { journal } = run(seedOf(seed, n), { calls: 30, hash: false, journal: true, upper: () => new UpperHalf() });
    const header = '{"journal":"offhook","version":2,"at":0}\n';
    await writeFile(join(houses, `journal-${String(n + 1).padStart(6, "0")}.jsonl`), header + journal.join(""));
  }
  return [houses, await recordedDay(join(folder, "day"), new Day(60), 100_000)];
}

test("two runs of one recording give the same log, octet for octet, on every Node", async (t) => {
  const folders = await recordings(t);
  for (const folder of folders)
    for (const form of [["--step", "--json"], ["--step"], ["--json"]]) {
      const logs = new Map<string, Output>();
      for (const major of releases) logs.set(`${major}`, await ran(await nodeOf(major), ["replay", folder, ...form]));
      const [first] = logs.values();
      assert.ok(first !== undefined && (first.octets > 100_000 || form[0] === "--json"), `${first?.octets} octets`);
      assert.match(first.end, /every command is the same|"divergence":null/);
      const again = await ran(process.execPath, ["replay", folder, ...form]);
      assert.equal(again.sha256, first.sha256, "the same Node again");
      for (const [major, { sha256 }] of logs) assert.equal(sha256, first.sha256, `Node ${major}, ${form.join(" ")}`);
      t.diagnostic(`${first.octets} octets, SHA-256 ${first.sha256.slice(0, 16)}…`);
    }
});

test("one seed is one simulation, bit for bit, on every Node", async (t) => {
  const sums = new Set<string>();
  for (const major of releases) {
    const { end } = await ran(await nodeOf(major), ["simulate", "--seed", `${seed}`, "--runs", "60", "--json"]);
    const { callsPerMinute, ...sum } = JSON.parse(end) as { readonly callsPerMinute: number; readonly hash: string };
    t.diagnostic(`Node ${major}: ${sum.hash.slice(0, 16)}…, ${callsPerMinute} calls a minute`);
    sums.add(JSON.stringify(sum));
  }
  assert.equal(sums.size, 1);
});

test("a reader that is slower than the program gets the log to its end", async (t) => {
  const [houses = ""] = await recordings(t);
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const slowly = await ran(process.execPath, ["replay", houses, "--step"], () => void Atomics.wait(clock, 0, 0, 100));
  assert.match(slowly.end, /every command is the same\n$/);
});
