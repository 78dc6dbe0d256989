import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { type TestContext, test } from "node:test";
import { blackBox, commandsOf, eventOf, folder, read } from "./black-box.ts";

/** Every file is closed, and the first of them is said not to be, as a disk that fails says it (close(2)). */
function closingFails(t: TestContext): () => number {
  const { close } = fs;
  let failed = 0;
  t.mock.method(fs, "close", (file: number, done?: fs.NoParamCallback) => {
    close(file, () => {
      const error = Object.assign(new Error("EIO: i/o error, close"), { code: "EIO" });
      failed += 1;
      if (done === undefined) throw error;
      done(error);
    });
  });
  t.mock.method(fs, "closeSync", (file: number) => {
    close(file, () => {});
    failed += 1;
    throw new Error("EIO: i/o error, close");
  });
  syncBuiltinESMExports();
  return () => failed;
}

test("segments that can not be closed, and old ones that go, bring nobody down: the next one is written", async (t) => {
  const dir = await folder(t);
  const { recorder, reports } = blackBox(dir, { keep: 1 });
  const failed = closingFails(t);
  try {
    for (let segment = 0; segment < 3; segment++) {
      recorder.record(segment, eventOf(segment), commandsOf(segment));
      recorder.startSegment([]);
    }
    recorder.record(3, eventOf(3), commandsOf(3));
    await recorder.close();
    // Those that go are closed when the directory is on the disk.
    while (failed() < 6) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  }
  assert.equal((await read(dir, 4)).length, 2);
  assert.deepEqual(reports, []);
});
