import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { Day, recordedDay } from "../vendor/recorder/day.ts";
import { Scratch } from "./harness/scratch.ts";

const program = join(import.meta.dirname, "../../dist/offhook.js");

test("a day of a thousand calls, 11 MB of text, is replayed, walked, searched and explored with 20 MB for all objects", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const { events } = new Day(1000);
  const day = await recordedDay(join(await scratch.folder("day"), "data"), { events }, 1024 * 1024);
  const ran = (input: string, ...words: readonly string[]): string => run(input, "replay", day, ...words);
  const run = (input: string, ...words: readonly string[]): string => {
    const args = ["--max-old-space-size=20", program, ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      input,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    assert.equal(status, 0, stderr.slice(-500));
    return stdout;
  };
  assert.equal(ran(""), `${events.length} events replayed, every command is the same\n`);
  assert.match(
    ran("jump 99999\nback\nq\n", "--step"),
    new RegExp(`^#${events.length} [\\s\\S]*^#${events.length - 1} `, "m"),
  );
  assert.match(ran("", "--watch", "handset:2"), new RegExp(`^${events.length} events replayed`, "m"));
  assert.match(
    run("", "explore", day, "--from", String(events.length - 9), "--window", "5"),
    /^one moment: [\s\S]*no rule was broken/,
  );
});
