import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { placeOf } from "../../../src/voice/priority.ts";
import { Program } from "../harness/program.ts";
import { Scratch } from "../harness/scratch.ts";

const root = process.platform === "linux" && process.getuid?.() === 0;
const needsRoot = { skip: root ? false : "needs root on Linux: it gives threads their priority" };

test("a voice with real-time priority that computes for ever is ended on one processor, too", needsRoot, async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const script = join(import.meta.dirname, "endless-voice.ts");
  const args = ["--cpu-list", "0", process.execPath, "--import", "tsx", script];
  const program = new Program({ name: "endless voice", command: "taskset", args });
  scratch.atEnd(() => program.stop());
  await program.says(/runs/, 20_000);
  const tasks = `/proc/${program.pid}/task`;
  const places = readdirSync(tasks).map((thread) => placeOf(`${program.pid}/task/${thread}`));
  assert.equal(places.filter(({ policy, realtime }) => policy === "fifo" && realtime > 0).length, 1);
  const began = performance.now();
  await program.says(/lost/, 20_000);
  t.diagnostic(`ended after ${((performance.now() - began) / 1000).toFixed(1)} s`);
});
