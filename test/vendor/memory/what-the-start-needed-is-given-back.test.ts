import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { clearOut } from "../../../src/vendor/memory/clear-out.ts";
import { SmallFiles } from "../../../src/vendor/memory/small-files.ts";

test("garbage goes, functions whose code went with it run again, and what is kept stays", () => {
  const kept = litter().filter((_, n) => n % 100 === 0);
  const before = process.memoryUsage().heapUsed;
  clearOut();
  const freed = before - process.memoryUsage().heapUsed;
  assert.ok(freed > 8e6, `${freed} bytes were given back`);
  assert.equal(kept.length, litter().length / 100);
  assert.deepEqual(kept[7], { name: "number 700", places: [700, 701, 702, 703] });
});

test("the text of the kernel's files is read again and again without leaving garbage outside the heap", async () => {
  const files = new SmallFiles();
  const file = "/proc/self/limits"; // the same every time
  const text = await readFile(file, "latin1");
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < 50; n++) assert.equal(await files.read(file), text);
  const left = process.memoryUsage().arrayBuffers - before;
  assert.ok(left < 1e6, `${left} bytes are left`);
});

test("a file that is not there, or can not be read, has no text, and a long one is cut", async () => {
  const files = new SmallFiles();
  assert.equal(await files.read("/proc/self/no-such-file"), "");
  assert.equal(await files.read("/proc/self"), "");
  assert.equal((await files.read(process.execPath)).length, 16_384);
});

function litter() {
  return Array.from({ length: 100_000 }, (_, n) => ({ name: `number ${n}`, places: [n, n + 1, n + 2, n + 3] }));
}
