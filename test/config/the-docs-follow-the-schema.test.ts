import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { configDocs } from "../../src/config/docs.ts";

test("docs/config.md is what the schema says", async () => {
  const file = join(import.meta.dirname, "../../docs/config.md");
  assert.equal(
    await readFile(file, "utf8"),
    configDocs(),
    "run: node --import tsx src/config/print-docs.ts > docs/config.md",
  );
});

test("every key has a type and a meaning", () => {
  const rows = configDocs().match(/^\| `.*$/gm) ?? [];
  assert.ok(rows.length > 60, `only ${rows.length} rows`);
  for (const row of rows) for (const cell of row.split(" | ")) assert.notEqual(cell.replace("|", "").trim(), "", row);
});
