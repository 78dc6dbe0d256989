import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../src/config/read-config.ts";

test("a configuration that is not there, is a directory or is far too large is refused with a sentence", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-config-"));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(
    loadConfig(join(folder, "none.toml")),
    /config .*none\.toml: can not be opened \(ENOENT\) — check the path/,
  );
  await assert.rejects(loadConfig(folder), /config .*: can not be read \(EISDIR\)/);
  const large = join(folder, "large.toml");
  await writeFile(large, `# ${"x".repeat(1_000_100)}`);
  await assert.rejects(loadConfig(large), /has 1000102 octets — a configuration has at most 1000000/);
});
