import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { build } from "esbuild";
import { folder, Shelf } from "./shelf.ts";

/** How often the writer is killed. */
const kills = 25;

/** Starts the writer and kills it in the middle of its work; the number of the last call it said was saved. */
async function writeUntilKilled(script: string, dir: string, saves: number): Promise<number> {
  const writer = spawn(process.execPath, [script, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(writer, "exit");
  let saved = 0;
  let count = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    saved = Number(line);
    if (++count === saves) writer.kill("SIGKILL");
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
    const saved = await writeUntilKilled(script, dir, 1 + (round % 6));
    const shelf = new Shelf(dir);
    const { calls } = await shelf.loaded();
    assert.deepEqual(shelf.reports, []);
    const newest = calls.at(-1)?.id ?? 0;
    assert.ok(newest >= saved && newest >= last, `call ${saved} was saved, but the file ends with ${newest}`);
    assert.ok(newest <= saved + 7 * 200, "the file holds nothing that was never there");
    last = newest;
    await shelf.store.close();
  }
  t.diagnostic(`${kills} kills, ${last} calls written, none torn, none lost that was saved`);
});
