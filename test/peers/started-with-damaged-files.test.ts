import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { House } from "./harness/house.ts";
import { Scratch } from "./harness/scratch.ts";

test("a phone book and a call log that are both damaged are both told, and the gateway works", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const dataDir = await scratch.folder("damaged");
  for (const name of ["book.json", "calls.json"]) await writeFile(join(dataDir, name), "{");
  const house = await House.start(scratch, { dataDir });
  for (const name of ["book", "calls"])
    assert.match(house.program.output, new RegExp(`store .*/${name}\\.json: all entries can not be read; moved to`));
  assert.deepEqual(await house.book(), []);
  await house.phone("port:1").dial("690");
  await house.fact("callAnswered");
});
