import assert from "node:assert/strict";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import type { JournalItem } from "../../../src/vendor/recorder/journal.ts";
import { readJournal } from "../../../src/vendor/recorder/journal.ts";
import { Recording } from "../../../src/vendor/recorder/recording.ts";
import { blackBox, commandsOf, eventOf, folder } from "./black-box.ts";

async function itemsOf(path: string): Promise<JournalItem[]> {
  const items: JournalItem[] = [];
  for await (const item of readJournal(path)) items.push(item);
  return items;
}

test("a file that is full is compressed while the next is written, and reads the same, forwards and anywhere", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir, { segmentBytes: 200_000 });
  let n = 0;
  while (!recorder.full()) recorder.record(++n, eventOf(n), commandsOf(n));
  const last = n;
  recorder.startSegment([eventOf(n)]);
  recorder.record(++n, eventOf(n), []);
  await recorder.close();
  assert.deepEqual((await readdir(dir)).sort(), ["journal-000001.jsonl.gz", "journal-000002.jsonl"]);
  const path = join(dir, "journal-000001.jsonl.gz");
  const { size, mode } = await stat(path);
  assert.ok(size < 40_000, `${size} octets are left of 200,000`);
  assert.equal(mode & 0o777, 0o600);
  const items = await itemsOf(path);
  assert.equal(items.length, last);
  const recording = new Recording([path], null);
  for (const index of [0, last - 1, 500, 499, last >> 1])
    assert.deepEqual(recording.entry(index), items[index], `entry ${index}`);
});

test("what a kill left half compressed is compressed anew, and the plain file counts until then", async (t) => {
  const dir = await folder(t);
  const first = blackBox(dir);
  first.recorder.record(1, eventOf(1), []);
  await first.recorder.close();
  for (const name of ["journal-000001.jsonl.gz", "journal-000001.jsonl.gz.new"])
    await writeFile(join(dir, name), "half");
  assert.equal(new Recording([dir], null).length, 1);
  const second = blackBox(dir);
  second.recorder.record(1, eventOf(1), []);
  await second.recorder.close();
  assert.deepEqual((await readdir(dir)).sort(), ["journal-000001.jsonl.gz", "journal-000002.jsonl"]);
  assert.equal((await itemsOf(join(dir, "journal-000001.jsonl.gz"))).length, 1);
});

test("a file that shows a bug keeps its second name when it is compressed", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir);
  recorder.record(1, eventOf(1), []);
  recorder.keep();
  recorder.startSegment([eventOf(1)]);
  recorder.record(2, eventOf(2), []);
  await recorder.close();
  const names = ["journal-000001.jsonl.gz", "journal-000002.jsonl", "kept-journal-000001.jsonl.gz"];
  assert.deepEqual((await readdir(dir)).sort(), names);
  assert.equal((await itemsOf(join(dir, names[2] ?? ""))).length, 1);
});

test("a compressed file that was damaged is refused in a sentence", async (t) => {
  const path = join(await folder(t), "journal-000001.jsonl.gz");
  await writeFile(path, "no gzip");
  const says = /journal-000001\.jsonl\.gz: can not be read \(Z_DATA_ERROR\) — the compressed file is damaged/;
  await assert.rejects(itemsOf(path), says);
  assert.throws(() => new Recording([path], null), says);
});

test("a compressed file that is cut off is told so, with what could be read of it; one that was torn before it was compressed is whole", async (t) => {
  const path = join(await folder(t), "journal-000001.jsonl.gz");
  const lines = Array.from({ length: 999 }, (_, at) =>
    JSON.stringify({ n: at + 1, event: eventOf(at + 1), commands: commandsOf(at + 1) }),
  );
  const text = ['{"journal":"offhook","version":2,"at":0}', ...lines, ""].join("\n");
  const whole = gzipSync(text);
  for (const [octets, atLeast] of [
    [whole.length - 1, 999],
    [whole.length - 9, 900],
    [whole.length >> 1, 300],
  ] as const) {
    await writeFile(path, whole.subarray(0, octets));
    const { length, damages, torn } = new Recording([path], null);
    assert.ok(length >= atLeast, `${length} events of ${octets} octets`);
    const [damage] = damages;
    assert.deepEqual(
      [damage?.why, torn],
      [`${path}: the compressed file is cut off: ${length} events could be read`, false],
    );
    const read: JournalItem[] = [];
    const all = async () => {
      for await (const item of readJournal(path)) read.push(item);
    };
    await assert.rejects(all, (error: Error) => error.message === damage?.why);
    assert.equal(read.length, length);
  }
  for (const octets of [0, 5, 40]) {
    await writeFile(path, whole.subarray(0, octets));
    assert.throws(() => new Recording([path], null), /the compressed file is cut off: no event of it could be read/);
    await assert.rejects(itemsOf(path), /the compressed file is cut off: no event of it could be read/);
  }
  await writeFile(path, gzipSync(text.slice(0, -9)));
  const torn = new Recording([path], null);
  assert.deepEqual([torn.length, torn.torn, torn.damages], [998, true, []]);
  assert.equal((await itemsOf(path)).at(-1)?.kind, "torn");
  await writeFile(path, Buffer.concat([gzipSync(text.slice(0, 5000)), gzipSync(text.slice(5000))]));
  assert.equal((await itemsOf(path)).length, 999, "two that were put together are whole");
});

test("two runs of a gateway in one folder are two recordings: no gap is seen between them", async (t) => {
  const dir = await folder(t);
  for (const events of [3, 30]) {
    const { recorder } = blackBox(dir, { keep: 9, segmentBytes: 10_000_000, clock: new VirtualClock(events) });
    for (let n = 1; n <= events; n++) recorder.record(n, eventOf(n), []);
    recorder.startSegment([{ world: "admin", kind: "restored", at: eventOf(1).at, state: "" }]);
    recorder.record(events + 1, eventOf(1), []);
    await recorder.close();
  }
  const { parts } = new Recording([dir], null);
  assert.deepEqual(
    parts.map(({ gap, repeated, from, to }) => [gap, repeated, to - from]),
    [
      [null, 0, 3],
      [null, 1, 1],
      [null, 0, 30],
      [null, 1, 1],
    ],
  );
});
