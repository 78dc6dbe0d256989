import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { flash, root } from "../../bench/size/flash.ts";
import { growth, howToRenew, readPriceList, tooHeavy } from "../../bench/size/price-list.ts";

test("nothing on flash has grown by more than 2 % without the price list saying so", async () => {
  const [kept, now] = [await readPriceList(), await flash()];
  assert.deepEqual(growth(kept.flash, now), [], howToRenew);
  assert.notEqual(kept.reason, "");
});

test("our own part is at most 1.5 MB on flash, and with 4 calls up at most 25 MB in memory above a bare Node", async () => {
  const { flash: bytes, memory } = await readPriceList();
  const { total = Infinity } = bytes.files;
  assert.ok(total <= 1_500_000);
  assert.deepEqual(tooHeavy(memory), []);
});

test("the list counts the files that are built, every one of them", async () => {
  const { files } = await flash();
  const built = (await readdir(join(root, "dist"))).filter((name) => name.endsWith(".js") || name === "voice.wasm");
  const sizes = await Promise.all(built.map(async (name) => (await stat(join(root, "dist", name))).size));
  const sum = sizes.reduce((total, size) => total + size, 0);
  const { total = 0, "usb without its native part": notBuilt = 0 } = files;
  assert.equal(total - notBuilt, sum);
});

test("growth is told by name, with both figures and by how much", () => {
  const kept = { files: { gateway: 100_000, tiny: 100 }, features: { old: 5000 } };
  const now = { files: { gateway: 102_001, tiny: 356 }, features: { old: 4000, fresh: 300 } };
  assert.deepEqual(growth(kept, now), [
    "files · gateway: 100000 -> 102001 bytes (+2.0 %)",
    "features · fresh: 0 -> 300 bytes (new)",
  ]);
});

test("too much memory is told by name, and so is a figure that is missing", () => {
  const at = (rss: number) => ({ rss, anonymous: 0, file: 0 });
  const calls = { "four calls, passed through": at(65e6), "four calls, transcoded": at(65_000_001) };
  assert.deepEqual(tooHeavy({ "bare Node, idle": at(40e6), ...calls }), [
    "four calls, transcoded: 25000001 bytes above a bare Node, more than 25000000",
  ]);
  assert.equal(tooHeavy({ "bare Node, idle": at(40e6) }).length, 2);
});
