import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import type { Line, Sums } from "../failures/main.ts";

const run = join(import.meta.dirname, "../failures/run.mjs");

/** `npm run every-failure -- …`, line by line. */
async function failures(t: TestContext, ...args: readonly string[]): Promise<{ lines: Line[]; sums: Sums }> {
  const child = spawn(process.execPath, [run, "--json", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const lines: Line[] = [];
  let sums: Sums | null = null;
  for await (const text of createInterface({ input: child.stdout })) {
    const told = JSON.parse(text) as Line | Sums; // written by test/failures/main.ts
    if ("scenario" in told) lines.push(told);
    else sums = told;
  }
  assert.ok(sums !== null, "it came to no end");
  return { lines, sums };
}

function holds({ lines, sums }: { lines: readonly Line[]; sums: Sums }): void {
  const wrong = lines.filter((line) => line.wrong !== null);
  const words = wrong.map((line) => JSON.stringify(line)).join("\n");
  assert.equal(sums.wrong, 0, `${words}\nagain: npm run every-failure -- --scenario … --kind … --nth … --way …`);
  assert.ok(sums.hits > 0.4 * sums.trials, `of ${sums.trials} operations only ${sums.hits} came`);
}

test("no message of SIP or of the voice worker that fails in a call leaves anything behind", async (t) => {
  const { lines, sums } = await failures(t, "--scenario", "from outside", "--kind", "sip,worker");
  holds({ lines, sums });
  assert.ok(sums.trials > 15, `only ${sums.trials} operations were counted`);
  const silent = lines.filter(({ hit, told, kind }) => hit && !told && kind === "to worker");
  assert.deepEqual(silent, [], "somebody is told");
});

test("nor does what else can fail in the calls of the house, tried by chance", async (t) => {
  const stride = 120;
  const offset = Math.floor(Math.random() * stride);
  t.diagnostic(`--stride ${stride} --offset ${offset}`);
  holds(await failures(t, "--stride", `${stride}`, "--offset", `${offset}`));
});
