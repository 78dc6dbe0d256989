import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Day, recordedDay } from "../vendor/recorder/day.ts";
import { Scratch } from "./harness/scratch.ts";

const program = join(import.meta.dirname, "../../dist/offhook.js");

/** The exit code of a program of whose output only the beginning is read. */
async function beginningOf(...words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = (await once(child, "exit")) as [number];
  return code;
}

test("a replay of which only the beginning is read still finds out at its end whether the commands are the same", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const { events } = new Day(100);
  const day = await recordedDay(join(await scratch.folder("day"), "data"), { events }, 100 * 1024 * 1024);
  assert.equal(await beginningOf("replay", day, "--step"), 0);
  const [name = ""] = await readdir(day);
  const text = await readFile(join(day, name), "utf8");
  const last = text.lastIndexOf('"commands":[') + '"commands":['.length;
  await writeFile(join(day, name), `${text.slice(0, last)}{"world":"watchdog","kind":"feed"}]}\n`);
  assert.equal(await beginningOf("replay", day, "--step"), 1);
});
