import assert from "node:assert/strict";
import { copyFile, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { capsuleOf } from "../../src/trace/capsule.ts";
import { windowOf } from "../../src/trace/window.ts";
import { World } from "../logic/world.ts";
import { journalOf } from "../trace/journal-of.ts";
import { Program } from "./harness/program.ts";
import { Scratch } from "./harness/scratch.ts";

const root = join(import.meta.dirname, "../..");

test("whoever is sent a capsule clones the sources and replays it by npx: what is not built yet is built, once", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const clone = await scratch.folder("clone");
  for (const path of ["src", "assembly", "package.json", "package-lock.json", "asconfig.json", "LICENSE"])
    await cp(join(root, path), join(clone, path), { recursive: true });
  // Both would take their time, and are shown by every `npm test` of a clone: packages, and the voice module.
  await symlink(join(root, "node_modules"), join(clone, "node_modules"));
  await mkdir(join(clone, "dist"));
  await copyFile(join(root, "dist/voice.wasm"), join(clone, "dist/voice.wasm"));
  const world = new World();
  world.post({ world: "sip", kind: "cancelled", line: "line:local", leg: world.invite("611") });
  const window = await windowOf(await journalOf(t, world), "call:1");
  assert.ok(window !== null);
  const capsule = join(await scratch.folder("capsule"), "call.jsonl");
  await writeFile(capsule, (await capsuleOf(window, () => "s")).text);
  // A stranger's npm knows nothing of this clone.
  const env = { npm_config_cache: await scratch.folder("npm"), npm_config_offline: "true" };
  for (const says of [
    /bundling …[\s\S]*every command is the same/,
    /^(?![\s\S]*bundling)[\s\S]*every command is the same/,
  ]) {
    const args = ["--yes", "offhook", "replay", capsule];
    const program = new Program({ name: "npx", command: "npx", args, cwd: clone, env });
    assert.equal(await program.ends(60_000), 0, program.output);
    assert.match(program.output, says);
  }
});
