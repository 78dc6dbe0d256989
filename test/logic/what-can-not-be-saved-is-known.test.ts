import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./world.ts";

test("a list that can not be saved is known with its reason until it is saved again, and calls go on", () => {
  const world = new World();
  const unsaved = () => world.upper.view().unsaved;
  assert.deepEqual(unsaved(), { book: null, calls: null });
  world.post({ world: "store", kind: "saveFailed", what: "book", reason: "ENOSPC: no space left on device" });
  world.post({ world: "store", kind: "saveFailed", what: "calls", reason: "EROFS: read-only file system" });
  assert.deepEqual(unsaved(), { book: "ENOSPC: no space left on device", calls: "EROFS: read-only file system" });
  world.dial("port:1", "612");
  assert.equal(world.upper.view().calls.length, 1);
  world.post({ world: "store", kind: "saved", what: "book" });
  assert.deepEqual(unsaved(), { book: null, calls: "EROFS: read-only file system" });
});
