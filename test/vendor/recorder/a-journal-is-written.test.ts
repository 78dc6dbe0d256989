import assert from "node:assert/strict";
import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Event } from "../../../src/message/event.ts";
import { ms } from "../../../src/message/units.ts";
import { blackBox, commandsOf, eventOf, folder, read } from "./black-box.ts";

test("every event is a line with its number and its commands, after a header", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir);
  recorder.record(1, eventOf(1), commandsOf(1));
  recorder.record(2, eventOf(2), []);
  await recorder.close();
  const [header, first, second, ...rest] = await read(dir, 1);
  assert.deepEqual(JSON.parse(header ?? ""), {
    journal: "offhook",
    version: 2,
    at: 1_795_000_000_000,
    run: 1_795_000_000_000,
  });
  assert.equal(first, `{"n":1,"event":${JSON.stringify(eventOf(1))},"commands":${JSON.stringify(commandsOf(1))}}`);
  assert.equal(second, `{"n":2,"event":${JSON.stringify(eventOf(2))},"commands":[]}`);
  assert.deepEqual(rest, []);
  assert.equal((await stat(join(dir, "journal-000001.jsonl"))).mode & 0o777, 0o600);
});

test("lines are written in batches: nothing at once, all of them after two seconds", async (t) => {
  const dir = await folder(t);
  const { recorder, clock } = blackBox(dir);
  for (let n = 1; n <= 5; n++) recorder.record(n, eventOf(n), []);
  assert.deepEqual(await read(dir, 1), []);
  clock.advance(ms(2000));
  await recorder.close();
  assert.equal((await read(dir, 1)).length, 6);
  assert.equal(clock.pending, 0);
});

test("a batch that is written at once overtakes none that is still being written", async (t) => {
  const dir = await folder(t);
  const { recorder, clock } = blackBox(dir, { segmentBytes: 10_000_000 });
  for (let n = 1; n <= 5000; n++) {
    recorder.record(n, eventOf(n), commandsOf(n));
    if (n % 7 === 0) recorder.flushSync();
    else if (n % 5 === 0) clock.advance(ms(2000));
  }
  await recorder.close();
  const numbers = (await read(dir, 1)).slice(1).map((line) => JSON.parse(line).n);
  assert.deepEqual(
    numbers,
    Array.from({ length: 5000 }, (_, index) => index + 1),
  );
});

test("a full segment asks for a quiet moment, and the next one begins with the state of the house", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir);
  let n = 0;
  while (!recorder.full()) recorder.record(++n, eventOf(n), commandsOf(n));
  recorder.startSegment([{ world: "admin", at: eventOf(n).at, kind: "restored", state: "quiet" }]);
  assert.equal(recorder.full(), false);
  recorder.record(n + 1, eventOf(n + 1), []);
  await recorder.close();
  const [, restored, next] = await read(dir, 2);
  assert.deepEqual(JSON.parse(restored ?? ""), {
    n,
    event: { world: "admin", at: n * 10, kind: "restored", state: "quiet" },
    commands: [],
  });
  assert.equal(JSON.parse(next ?? "").n, n + 1);
  assert.equal(JSON.parse((await read(dir, 1)).at(-1) ?? "").n, n);
});

test("only the last segments are kept, through restarts, and their numbers go on", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "journal-notes.txt"), "mine");
  for (let run = 1; run <= 3; run++) {
    const { recorder } = blackBox(dir);
    recorder.record(1, eventOf(1), []);
    recorder.startSegment([eventOf(1)]);
    await recorder.close();
  }
  const names = ["journal-000004.jsonl.gz", "journal-000005.jsonl.gz", "journal-000006.jsonl", "journal-notes.txt"];
  assert.deepEqual((await readdir(dir)).sort(), names);
});

test("a house that is never quiet does not fill the disk: recording pauses, and begins again with a quiet moment", async (t) => {
  const dir = await folder(t);
  const { recorder, reports, clock } = blackBox(dir);
  for (let n = 1; n <= 2000; n++) recorder.record(n, eventOf(n), commandsOf(n));
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? "", /flight recorder .*: stopped \(the house was not quiet for too long/);
  assert.ok((await stat(join(dir, "journal-000001.jsonl"))).size < 4 * 2000 + 1000);
  clock.advance(ms(30_000));
  assert.equal(recorder.full(), true);
  recorder.startSegment([eventOf(2000)]);
  recorder.record(2001, eventOf(2001), []);
  await recorder.close();
  assert.equal((await read(dir, 2)).length, 3);
});

test("a disk that is full or not there stops the recording with a sentence and nothing else", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "file"), "");
  const nowhere = blackBox(join(dir, "file", "data"));
  for (let n = 1; n <= 100; n++) nowhere.recorder.record(n, eventOf(n), []);
  nowhere.recorder.startSegment([eventOf(100)]);
  nowhere.recorder.flushSync();
  await nowhere.recorder.close();
  assert.match(nowhere.reports.join("\n"), /ENOTDIR/);
  assert.equal(nowhere.reports.length, 2, "once for each try");
});

test("a link in the place of the next segment is not followed", async (t) => {
  const dir = await folder(t);
  await symlink(join(dir, "elsewhere"), join(dir, "journal-000001.jsonl"));
  const { recorder } = blackBox(dir);
  recorder.record(1, eventOf(1), []);
  await recorder.close();
  assert.deepEqual((await readdir(dir)).sort(), ["journal-000001.jsonl", "journal-000002.jsonl"]);
});

/** So many events of a thousand octets each, and how many of them were asked for. */
function aLargeState(count: number): { readonly events: Iterable<Event>; readonly asked: () => number } {
  let asked = 0;
  function* events(): Generator<Event> {
    for (; asked < count; asked++) yield restored(`${asked} `.padEnd(1000, "x"));
  }
  return { events: events(), asked: () => asked };
}

function restored(state: string): Event {
  return { world: "admin", at: eventOf(0).at, kind: "restored", state };
}

async function numbersOf(dir: string, segment: number): Promise<readonly number[]> {
  const [header, ...lines] = await read(dir, segment);
  assert.match(header ?? "", /"journal":"offhook"/);
  return lines.map((line) => JSON.parse(line).n);
}

test("a large state is asked for piece by piece, and what happens meanwhile comes after it in the journal", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir, { segmentBytes: 64_000 });
  recorder.record(1, eventOf(1), []);
  const { events, asked } = aLargeState(500);
  recorder.startSegment(events);
  assert.ok(asked() < 100, `${asked()} of 500 events were asked for at once`);
  let n = 1;
  while (asked() < 500) {
    recorder.record(++n, eventOf(n), []);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(n > 10, "nobody else had a turn");
  await recorder.close();
  const happened = Array.from({ length: n - 1 }, (_, index) => index + 2);
  assert.deepEqual(await numbersOf(dir, 2), [...Array(500).fill(1), ...happened]);
});

test("what has to be written at once has the whole state before it", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir, { segmentBytes: 64_000 });
  recorder.record(1, eventOf(1), []);
  const { events, asked } = aLargeState(300);
  recorder.startSegment(events);
  recorder.record(2, eventOf(2), []);
  recorder.flushSync();
  assert.equal(asked(), 300);
  assert.deepEqual(await numbersOf(dir, 2), [...Array(300).fill(1), 2]);
  await recorder.close();
});

test("a state larger than a segment does not make the segment full: only what happens does", async (t) => {
  const dir = await folder(t);
  const { recorder, reports } = blackBox(dir, { segmentBytes: 2000 });
  recorder.record(1, eventOf(1), []);
  recorder.startSegment(aLargeState(50).events);
  recorder.flushSync();
  let n = 1;
  while (!recorder.full()) recorder.record(++n, eventOf(n), commandsOf(n));
  await recorder.close();
  assert.ok(n > 200, `full after ${n} events, though the state is as long as some 300`);
  assert.deepEqual(reports, []);
});

test("a book that is loaded at the start is state, however large", async (t) => {
  const dir = await folder(t);
  const { recorder, reports } = blackBox(dir, { segmentBytes: 2000 });
  const contacts = Array.from({ length: 100 }, (_, id) => ({ id, name: "Somebody with a name", numbers: ["0301234"] }));
  for (let n = 1; n <= 20; n++)
    recorder.record(n, { world: "store", at: eventOf(n).at, kind: "loaded", contacts, calls: [] }, []);
  assert.equal(recorder.full(), false);
  await recorder.close();
  assert.deepEqual(reports, []);
  assert.equal((await numbersOf(dir, 1)).length, 20);
});

test("a segment that shows a bug outlives its turn, and at most four are kept so", async (t) => {
  const dir = await folder(t);
  const { recorder } = blackBox(dir);
  let n = 0;
  for (let segment = 1; segment <= 6; segment++) {
    recorder.record(++n, eventOf(n), commandsOf(n));
    recorder.keep();
    recorder.keep();
    recorder.startSegment([]);
  }
  await recorder.close();
  const kept = (await readdir(dir)).filter((file) => file.startsWith("kept-")).sort();
  assert.deepEqual(
    kept,
    [1, 2, 3, 4].map((number) => `kept-journal-00000${number}.jsonl`),
  );
  const [, entry] = (await readFile(join(dir, "kept-journal-000001.jsonl"), "utf8")).split("\n");
  assert.equal(JSON.parse(entry ?? "").n, 1, "what was recorded before is in it");
});
