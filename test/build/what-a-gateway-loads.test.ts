import assert from "node:assert/strict";
import { test } from "node:test";
import { root } from "../../bench/size/flash.ts";
import { bundle } from "../../src/build/bundle.mjs";

const outputs = await bundle(root, null);

test("a bundle imports none of Node's modules: it asks for them by `require`", () => {
  const imported = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ kind }) => kind !== "require-call"),
  );
  const nodes = new Set(imported.map(({ path }) => path).filter((path) => path.startsWith("node:")));
  // By `import()` a module is asked for when it is wanted: the two that are not wanted at the start.
  assert.deepEqual([...nodes].sort(), ["node:child_process", "node:readline"]);
});

test("a gateway that starts loads nothing of other commands, of the emulator or of candidates", () => {
  const sources = loadedWith("src/main.ts", "src/api/cli/start.ts", "src/index.ts");
  assert.ok(sources.includes("src/gateway.ts"));
  const needless = /^src\/(?:trace|simulation|emulator|voice\/shadow)\/|^src\/api\/cli\/(?:own|trace|simulate)\.ts/;
  assert.deepEqual(
    sources.filter((path) => needless.test(path)),
    [],
  );
});

/** The sources in the outputs of these entries, and in all that they import at once. */
function loadedWith(...entries: readonly string[]): string[] {
  const begin = Object.keys(outputs).filter((file) => entries.includes(outputs[file]?.entryPoint ?? ""));
  assert.equal(begin.length, entries.length);
  const loaded = new Set(begin);
  for (const file of loaded)
    for (const { path, kind } of outputs[file]?.imports ?? [])
      if (kind === "import-statement" && path in outputs) loaded.add(path);
  return [...loaded].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}
