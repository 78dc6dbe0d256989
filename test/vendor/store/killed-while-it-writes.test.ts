import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { build } from "esbuild";
import { folder, Shelf } from "./shelf.ts";

/** How often the writer is killed, each time a little later in its save. */
const kills = 16;
/** The writer is killed in this save, counted from 1. */
const killedIn = 3;

/** Starts the writer and kills it that far (0-1) into a save; the number of the last call it said was saved. */
async function writeUntilKilled(script: string, dir: string, phase: number): Promise<number> {
  const writer = spawn(process.execPath, [script, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(writer, "exit");
  const moments: number[] = [];
  let saved = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    saved = Number(line);
    const now = performance.now();
    moments.push(now);
    if (moments.length !== killedIn - 1) continue;
    const lasts = now - (moments.at(-2) ?? now);
    // Busy on purpose: a save takes milliseconds, and a timer would always hit the same part of it.
    while (performance.now() < now + lasts * phase);
    writer.kill("SIGKILL");
  }
  const [code, signal] = await exited;
  assert.deepEqual([code, signal], [null, "SIGKILL"], "the writer found its file whole and could save");
  return saved;
}

test("kill -9 at any moment leaves a whole file with every call that was said to be saved", async (t) => {
  const dir = await folder(t);
  const script = join(await folder(t), "writer.mjs");
  const entry = join(import.meta.dirname, "writer.ts");
  await build({ entryPoints: [entry], outfile: script, bundle: true, platform: "node", format: "esm" });
  let last = 0;
  for (let round = 0; round < kills; round++) {
    const saved = await writeUntilKilled(script, dir, round / kills);
    const shelf = new Shelf(dir, { callLogSize: 10_000 });
    const { calls } = await shelf.loaded();
    assert.deepEqual(shelf.reports, []);
    const newest = calls.at(-1)?.id ?? 0;
    assert.ok(newest >= saved && newest >= last, `call ${saved} was saved, but the file ends with ${newest}`);
    assert.ok(newest <= saved + 500 * 2, "the file holds nothing that was never there");
    last = newest;
    await shelf.store.close();
  }
  t.diagnostic(`${kills} kills, ${last} calls written, none torn, none lost that was saved`);
});
