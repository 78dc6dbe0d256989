import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Command } from "../../../src/message/command.ts";
import type { Event } from "../../../src/message/event.ts";
import { readJournal } from "../../../src/vendor/recorder/journal.ts";
import { Recording } from "../../../src/vendor/recorder/recording.ts";
import {
  type Broken,
  type Handler,
  type ReplayOptions,
  type ReplayResult,
  replayInto,
} from "../../../src/vendor/recorder/replay.ts";
import { blackBox, commandsOf, eventOf, folder } from "./black-box.ts";

/** Reacts to the `n`th event as it did when it was recorded. */
class Same implements Handler {
  handled = 0;

  handle(event: Event): readonly Command[] {
    this.handled += 1;
    return event.world === "timer" ? commandsOf(Number(event.timer.slice(6))) : [];
  }

  broken(): readonly Broken[] {
    return [];
  }

  restart(): readonly Event[] {
    return [];
  }
}

async function replayed(handler: Handler, path: string, options: ReplayOptions = {}): Promise<ReplayResult> {
  return replayInto(() => handler, new Recording([path], options.until ?? null), options);
}

const same = { divergence: null, torn: false, gaps: [], damages: [], broken: [] };

async function recorded(t: TestContext, events: number): Promise<string> {
  const { recorder } = blackBox(await folder(t), { segmentBytes: 10_000_000 });
  for (let n = 1; n <= events; n++) recorder.record(n, eventOf(n), commandsOf(n));
  const path = recorder.path() ?? "";
  await recorder.close();
  return path;
}

test("the same reactions give the same commands, byte for byte", async (t) => {
  const path = await recorded(t, 3000);
  assert.deepEqual(await replayed(new Same(), path), { events: 3000, ...same });
});

test("a replay stops after the event it was asked to", async (t) => {
  const path = await recorded(t, 20);
  const handler = new Same();
  const steps: number[] = [];
  const result = await replayed(handler, path, { until: 7, onStep: ({ n }) => void steps.push(n) });
  assert.deepEqual([result.events, handler.handled, steps], [7, 7, [1, 2, 3, 4, 5, 6, 7]]);
});

test("the first event with other commands is named with both", async (t) => {
  const path = await recorded(t, 20);
  const other = new (class extends Same {
    override handle(event: Event): readonly Command[] {
      return event.at === 120 ? [] : super.handle(event);
    }
  })();
  const { divergence, events } = await replayed(other, path);
  assert.equal(events, 12);
  assert.deepEqual(divergence, { n: 12, event: eventOf(12), expected: JSON.stringify(commandsOf(12)), actual: "[]" });
});

test("a handler that throws is a divergence with its error", async (t) => {
  const path = await recorded(t, 3);
  const broken = new (class extends Same {
    override handle(): never {
      throw new Error("no such call");
    }
  })();
  assert.equal((await replayed(broken, path)).divergence?.actual, "threw: no such call");
});

test("a last line that was cut off by a kill is said, and all before it is replayed", async (t) => {
  const path = await recorded(t, 20);
  const whole = (await readFile(path)).length;
  for (const cut of [1, 2, 30]) {
    await truncate(path, whole - cut);
    assert.deepEqual(await replayed(new Same(), path), { events: 19, ...same, torn: true });
  }
});

test("where the power went before the file was written, the replay ends: at holes, and at lines of an older journal", async (t) => {
  const path = await recorded(t, 20);
  const lines = (await readFile(path, "utf8")).split("\n");
  const upTo = (count: number): string => `${lines.slice(0, 1 + count).join("\n")}\n`;
  for (const rest of ["\u0000".repeat(3000), `${lines[13]?.slice(0, 40)}${"\u0000".repeat(500)}\n${lines[14]}\n`]) {
    await writeFile(path, upTo(12) + rest);
    assert.deepEqual(await replayed(new Same(), path), { events: 12, ...same, torn: true });
  }
  const older = (line = ""): string => line.replace(/"at":[0-9]+/, '"at":3');
  for (const stale of [[lines[5]], [older(lines[17])], [older(lines[17]), older(lines[18])]]) {
    await writeFile(path, `${upTo(12)}${stale.join("\n")}\n`);
    assert.deepEqual(await replayed(new Same(), path), { events: 12, ...same, torn: true });
  }
});

test("where the recording goes on behind a wrong line, the file was damaged: which, where, and all before it is replayed", async (t) => {
  const path = await recorded(t, 20);
  const lines = (await readFile(path, "utf8")).split("\n");
  const number = (n: number, line = ""): string => line.replace(/^\{"n":[0-9]+/, `{"n":${n}`);
  const later = (line = ""): string => line.replace(/"at":[0-9]+/, '"at":99999');
  for (const [wrong, says] of [
    [lines.toSpliced(13, 1, number(99, lines[13])), "line 14: it has event 99 after event 12"],
    [lines.toSpliced(13, 1, number(3, lines[13])), "line 14: it has event 3 after event 12"],
    [lines.toSpliced(13, 0, lines[5] ?? ""), "line 14: it has event 5 after event 12"],
    [lines.toSpliced(13, 1), "line 14: it has event 14 after event 12"],
    [lines.toSpliced(20, 1, number(99, lines[20])), "line 21: it has event 99 after event 19"],
    [
      [...lines.slice(0, 13), "\u0000".repeat(99), later(lines[15]), ""],
      "line 14: nothing was ever written after event 12",
    ],
  ] as const) {
    await writeFile(path, wrong.join("\n"));
    const events = says.includes("line 21") ? 19 : 12;
    const line = says.includes("line 21") ? 21 : 14;
    const why = `${path}: ${says}, and the recording goes on — the file was changed or damaged there`;
    assert.deepEqual(await replayed(new Same(), path), { events, ...same, damages: [{ file: path, line, why }] });
    await assert.rejects(async () => {
      for await (const item of readJournal(path)) assert.notEqual(item.kind, "torn");
    }, new RegExp(says));
  }
  await writeFile(path, lines.toSpliced(13, 1, "nonsense").join("\n"));
  const { events, damages } = await replayed(new Same(), path);
  assert.deepEqual([events, damages.map(({ line }) => line)], [12, [14]]);
});

test("an entry that can not be is named with file, line and field", async (t) => {
  const path = await recorded(t, 20);
  const lines = (await readFile(path, "utf8")).split("\n");
  for (const [from, to, says] of [
    ['"world":"timer"', '"world":"time"', 'event.world is "time", none of sip, dect, fxs, voice, timer, store, admin'],
    ['"world":"timer"', '"world":"constructor"', 'event.world is "constructor", none of'],
    ['"kind":"expired",', "", "event.kind is missing"],
    ['"at":130', '"at":"130"', 'event.at is "130", no moment'],
    ['"at":130', '"at":1e999', "event.at is Infinity, no moment"],
    ['"at":130', '"at":-1', "event.at is -1, no moment"],
    ['"n":13', '"n":1e3.5', "is not JSON"],
    ['"n":13', '"n":null', "n is null, no number of an event"],
    ['"commands":[{"world":"timer"', '"commands":[{"world":7', "commands[0].world is 7, no name"],
    ['"commands":[{', '"commands":[null,{', "commands[0] is null, no command"],
    ['"commands":[{', '"commands":[{"world":"notify","kind":"fact"},{', "commands[0].fact is missing"],
  ] as const) {
    const bad = (lines[13] ?? "").replace(from, to);
    assert.notEqual(bad, lines[13], from);
    await writeFile(path, lines.toSpliced(13, 1, bad).join("\n"));
    const told = await replayed(new Same(), path).then(({ damages }) => damages[0]?.why ?? "", String);
    assert.ok(told.includes(`${path}: line 14 is`) && told.includes(says), `${says}: ${told}`);
  }
  const past = lines.map((line) =>
    line.replace(/"at":([0-9]+)/, (_, at) => `"at":${at === "130" ? 5 : 90_000 + Number(at)}`),
  );
  await writeFile(path, past.join("\n"));
  const { damages, events } = await replayed(new Same(), path);
  assert.equal(events, 12);
  assert.match(
    damages[0]?.why ?? "",
    /line 14 goes back in time: event\.at of event 13 is 90115 ms before that of event 12/,
  );
});

test("what is no journal, or was changed, is refused with file, line and way out", async (t) => {
  const dir = await folder(t);
  const file = join(dir, "journal-000001.jsonl");
  const header = '{"journal":"offhook","version":2,"at":0}\n';
  for (const [content, says] of [
    ["", /is empty/],
    ["hello\n", /line 1 is not JSON/],
    ["{}\n", /is no journal — name a journal-NNNNNN\.jsonl/],
    ['{"journal":"offhook","version":1}\n', /has version 1, this program reads 2/],
    [`${header}nonsense\n`, /line 2 is not JSON/],
    [`${header}{"n":1}\n`, /line 2 is no entry/],
    [`${header}{"n":"1","event":{"world":"sip"},"commands":[]}\n`, /line 2 is no entry/],
    [`${header}\n\n`, /line 2 is not JSON/],
  ] as const) {
    await writeFile(file, content);
    await assert.rejects(replayed(new Same(), file), says, content);
  }
  await assert.rejects(replayed(new Same(), join(dir, "none")), /none: can not be read \(ENOENT\)/);
  const empty = await mkdtemp(join(dir, "empty-"));
  await assert.rejects(replayed(new Same(), empty), /has no journal-NNNNNN\.jsonl in it — name the data directory/);
  await writeFile(file, header);
  for (let n = 0; n < 34; n++) await appendFile(file, "x".repeat(1_000_000));
  await assert.rejects(replayed(new Same(), file), /has a line over/);
});
