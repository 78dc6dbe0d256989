import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { test } from "node:test";
import { edges } from "../each-edge.ts";
import { VoiceHouse } from "../house.ts";

const [major = 0, minor = 0] = release().split(".").map(Number);
const honours = process.platform === "linux" && (major > 6 || (major === 6 && minor >= 12)) && sliceOf("self") !== null;
const skip =
  honours && edges.includes("batched") ? false : "needs koffi, and Linux 6.12 or later that tells slices in /proc";
const whereHonoured = { timeout: 30_000, skip };

/** ns; null: not told. */
function sliceOf(thread: string): number | null {
  try {
    const found = /^se\.slice\s*:\s*(\d+)$/m.exec(readFileSync(`/proc/${thread}/sched`, "latin1"));
    return found === null ? null : Number(found[1]);
  } catch {
    return null;
  }
}

function shortSlices(): readonly (number | null)[] {
  return readdirSync("/proc/self/task")
    .map((id) => sliceOf(`self/task/${id}`))
    .filter((slice) => slice === 100_000);
}

test(
  "the voice thread alone asks for short slices, whatever priority it has, and so does the one after it",
  whereHonoured,
  async (context) => {
    assert.deepEqual(shortSlices(), []);
    const house = await VoiceHouse.open(context, { edge: "batched", priority: "normal" });
    assert.equal(shortSlices().length, 1);
    house.voice.abortWorker();
    await house.until("ready", 2);
    assert.equal(shortSlices().length, 1);
  },
);
