import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import type { Event } from "../../src/message/event.ts";
import { instant } from "../../src/message/units.ts";
import { openWalk, replayJournal } from "../../src/replay.ts";
import type { Change } from "../../src/vendor/recorder/changes.ts";
import type { Entry } from "../../src/vendor/recorder/journal.ts";
import type { Broken } from "../../src/vendor/recorder/replay.ts";
import type { Step, Walk } from "../../src/vendor/recorder/walk.ts";
import { recordingOf, twoCalls } from "./recorded.ts";
import { folder, Screen } from "./stand-in.ts";

const nobody = () => Promise.reject(new Error("not here"));
const parts: Parts = {
  startGateway: nobody,
  serveDevices: nobody,
  deviceAttacher: nobody,
  simulator: () => Promise.reject(new Error("nothing is simulated here")),
  codecChecker: nobody,
  replayJournal: async () => replayJournal,
  openWalk: async () => openWalk,
};

/** A screen at which these lines are typed, and then no more. */
class Typist extends Screen {
  readonly #typed: string[];

  constructor(dir: string, typed: readonly string[]) {
    super(dir);
    this.#typed = [...typed];
  }

  override async readLine(): Promise<string | null> {
    return this.#typed.shift() ?? null;
  }
}

type Walked = (options: readonly string[], ...typed: readonly string[]) => Promise<{ code: number; out: string }>;

async function recorded(t: TestContext): Promise<{ readonly path: string; readonly walked: Walked }> {
  const dir = await folder(t);
  const path = await recordingOf(dir, twoCalls().events);
  const walked: Walked = async (options, ...typed) => {
    const screen = new Typist(dir, typed);
    const code = await cli(["replay", path, ...options], screen, parts);
    return { code, out: screen.text };
  };
  return { path, walked };
}

/** What `--json` printed: the steps, and what was said or came last. */
function stepsOf(out: string): Step[] {
  return out.split("\n").flatMap((line) => {
    const value = JSON.parse(line) as Step;
    return value.index === undefined ? [] : [value];
  });
}

function entriesOf({ recording }: Walk): Entry[] {
  return Array.from({ length: recording.length }, (_, index) => recording.entry(index));
}

function objects({ changes }: Step): string[] {
  return changes.map(({ object }) => object);
}

test("every step is the same on the way back as it was on the way there, whatever the order", async (t) => {
  const { path } = await recorded(t);
  const walk = await openWalk(path);
  const last = walk.recording.length - 1;
  const there = Array.from({ length: walk.recording.length }, (_, index) => index).map((index) => walk.step(index));
  assert.equal(there.length, 18);
  for (let index = last; index >= 0; index--) assert.deepEqual(walk.step(index), there[index]);
  for (const index of [7, 3, last, 0, 3]) assert.deepEqual(walk.step(index), there[index]);
});

test("a later segment, which begins with the state of a quiet house, is walked alike", async (t) => {
  const world = twoCalls();
  const before = [...world.upper.restart(instant(world.now))];
  const from = world.events.length;
  world.invite("main");
  world.post({ world: "dect", kind: "connect", handset: "handset:3", call: world.setupOf("handset:3") });
  const path = await recordingOf(await folder(t), world.events.slice(from), before);
  const walk = await openWalk(path);
  assert.equal(walk.recording.entry(0).event.kind, "restored");
  const last = walk.recording.length - 1;
  const answer = walk.step(last);
  const ring = walk.step(last - 1);
  assert.deepEqual([objects(ring).includes("call:3"), objects(answer).includes("call:3/handset:3")], [true, true]);
  assert.deepEqual(walk.step(last), answer);
  const log = entriesOf(walk).findIndex(({ event }) => event.kind === "loaded" && event.calls.length > 0);
  assert.deepEqual(objects(walk.step(log)), ["contact:1", "log:1", "log:2"]);
  const numbers = entriesOf(walk).map(({ n }) => n);
  assert.deepEqual(
    [numbers.slice(0, 2), numbers.slice(-2)],
    [
      [0, 0],
      [1, 2],
    ],
  );
  assert.deepEqual([walk.recording.placeOf(0), walk.recording.placeOf(2)], [last - 2, last]);
});

test("a step shows who was touched with the state before and after, what left, and the time since the last", async (t) => {
  const { path } = await recorded(t);
  const walk = await openWalk(path);
  const at = entriesOf(walk).findIndex(({ event }) => event.kind === "alerting");
  const { sinceMs, changes, commands } = walk.step(at);
  assert.equal(sinceMs, 1250);
  assert.deepEqual(
    commands.map(({ world, kind }) => `${world} ${kind}`),
    ["notify fact", "sip ring"],
  );
  const side = changes.find(({ object }) => object === "call:1/handset:2");
  assert.deepEqual(side?.of, ["call:1", "handset:2"]);
  assert.notDeepEqual(side?.before, side?.after);
  const entry = walk.step(at + 1).changes.find(({ object }) => object === "log:1") as Change;
  assert.equal(entry.before, null, "a list that goes on changing in place was still there before");
  assert.deepEqual(
    Object.entries(entry.after as object).find(([field]) => field === "result"),
    ["result", "missed"],
  );
});

test("with nothing typed every event is told, one JSON object a line, and the result last", async (t) => {
  const { path, walked } = await recorded(t);
  const entries = entriesOf(await openWalk(path));
  const { code, out } = await walked(["--step", "--json"]);
  assert.equal(code, 0);
  assert.deepEqual(
    stepsOf(out).map(({ n, event }) => ({ n, event })),
    entries.map(({ n, event }) => ({ n, event })),
  );
  assert.deepEqual(JSON.parse(out.split("\n").at(-1) ?? ""), {
    events: entries.length,
    divergence: null,
    broken: [],
    torn: false,
    gaps: [],
    damages: [],
  });
  const until = await walked(["--step", "--json", "--until", "4"]);
  assert.deepEqual(
    stepsOf(until.out).map(({ n }) => n),
    [1, 2, 3, 4],
  );
});

test("what is typed goes forward, back, to a number and to a word, and the ends are told", async (t) => {
  const { path, walked } = await recorded(t);
  const entries = entriesOf(await openWalk(path));
  const cancelled = entries.find(({ event }) => event.kind === "cancelled")?.n;
  const said = async (...typed: readonly string[]) => {
    const lines = (await walked(["--step", "--json"], ...typed)).out.split("\n").map((line) => JSON.parse(line));
    return lines.slice(0, -1).map((value: { n?: number; said?: string }) => value.n ?? value.said);
  };
  const noEarlier = "there is no earlier event";
  assert.deepEqual(await said("", "next 2", "back", "b 9", "back", "q"), [1, 2, 4, 3, 1, noEarlier]);
  assert.deepEqual(await said("7", "jump 99999", "n"), [1, 7, entries.length, "there is no later event"]);
  assert.deepEqual(await said("u handset:2 alerting", "until CANCELLED", "until no such"), [
    1,
    7,
    cancelled,
    'no later event has "no such" in it',
  ]);
});

test("people read plain words: the timer's name and owner, the fields that differ, who was told what", async (t) => {
  const { walked } = await recorded(t);
  const { out } = await walked(["--step"]);
  assert.match(out, /^#\d+ {2}\+1\.250 s {2}[\d:-]+.* {2}dect handset:2 alerting, call cc:out-2$/m);
  assert.match(out, /^ {4}call:1\/handset:2 {2}state "paging" => "alerting"$/m);
  assert.match(out, /^ {4}timer noAnswer of call:1 {2}new: "runs"$/m);
  assert.match(out, /^ {4}-> sip line:local ring, leg sip:in-1$/m);
  assert.match(out, /^ {4}-> told: call:1: handset:2 rings$/m);
  assert.match(out, /^#\d+ .* timer flash of port:\d expired \(timer:\d+\)$/m);
  assert.match(out, /events replayed, every command is the same$/);
});

test("watching a handset stops where it changes, its side of a call and its timers included, and nowhere else", async (t) => {
  const { walked } = await recorded(t);
  const steps = stepsOf((await walked(["--step", "--json", "--watch", "handset:2"])).out);
  assert.deepEqual(
    steps.map(({ event }) => event.kind),
    ["configured", "attached", "invited", "alerting", "cancelled"],
  );
  const port = stepsOf((await walked(["--json", "--watch", "port:1"])).out);
  for (const step of port)
    assert.ok(
      objects(step).some((object) => object === "port:1" || /[/ ]port:1$/.test(object)),
      JSON.stringify(step),
    );
  assert.ok(port.some((step) => objects(step).includes("timer busyTone of port:1")));
});

test("of one call only the events that touched it are told, from its first to its last", async (t) => {
  const { walked } = await recorded(t);
  const kinds = async (call: string) => {
    const steps = stepsOf((await walked(["--step", "--json", "--call", call])).out);
    return steps.map(({ event }) => `${event.world} ${event.kind}`);
  };
  assert.deepEqual(await kinds("1"), ["sip invited", "dect alerting", "sip cancelled"]);
  const second = await kinds("call:2");
  assert.deepEqual(second.slice(0, 4), ["fxs wentOffHook", "fxs digit", "fxs digit", "fxs digit"]);
  assert.ok(second.includes("fxs wentOnHook"));
  assert.ok(!second.some((kind) => kind.startsWith("sip")), second.join());
});

test("what is watched is changed on the way, and the state after an event is looked at", async (t) => {
  const { walked } = await recorded(t);
  const { out } = await walked(["--step"], "watch handset:2", "next 3", "state handset:2", "watch nothing at all", "q");
  assert.match(out, /^only events of handset:2$/m);
  const state = JSON.parse(/^\{\n[\s\S]*?^\}$/m.exec(out)?.[0] ?? "") as Record<string, { state: string }>;
  assert.equal(state["handset:2"]?.state, "ringing");
  assert.equal(state["call:1/handset:2"]?.state, "alerting");
  assert.match(out, /"nothing at all" is nothing of the house/);
});

test("a call or a thing of which nothing is recorded is told, and the exit code is 1", async (t) => {
  const { path } = await recorded(t);
  const run = async (...options: readonly string[]) => {
    const screen = new Typist(path, []);
    return {
      code: await cli(["replay", path, ...options], screen, parts),
      out: screen.text,
      err: screen.errors.join(),
    };
  };
  const call = await run("--step", "--call", "99");
  assert.deepEqual([call.code, call.out], [1, ""], "nothing was replayed: nothing is said of it");
  assert.match(call.err, /^offhook: no event of the recording touches call 99 — leave that out to see them all$/);
  const thing = await run("--watch", "handset:99");
  assert.equal(thing.code, 1);
  assert.match(thing.err, /no event of the recording changes handset:99/);
  assert.match(thing.out, /^18 events replayed, every command is the same$/);
  assert.match((await run("--call", "2", "--watch", "handset:2")).err, /touches call 2 and changes handset:2/);
});

test("what can not be is told and not guessed, and nothing that was typed or recorded moves the cursor", async (t) => {
  const { path, walked } = await recorded(t);
  const { out } = await walked(
    ["--step"],
    "jump abc",
    "jump",
    "next 0",
    "back -1",
    "until",
    "state __proto__",
    "state x\u001b[2J\u009b",
  );
  for (const says of [
    '"abc" is no number of an event — write e.g. jump 120',
    '"" is no number of an event',
    '"0" is no count — write e.g. next 5',
    '"-1" is no count',
    "until what? — write e.g. until cancelled",
    "there is no __proto__ after this event — `state` alone shows what there is",
    "there is no x?[2J? after this event",
  ])
    assert.ok(out.includes(says), `${says}: ${out}`);
  const text = (await readFile(path, "utf8")).replaceAll("Kitchen", "\u009b2J\u{e0041}");
  await writeFile(path, text);
  for (const options of [["--step"], ["--step", "--json"]]) {
    const shown = (await walked(options, "state", "json", "until \u009b")).out;
    assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    assert.match(shown, /\\u009b2J\\udb40\\udc41/);
  }
  const json = (await walked(["--step", "--json"], "state")).out.split("\n")[1] ?? "";
  assert.ok(JSON.stringify(JSON.parse(json)).includes("\u009b2J\u{e0041}"), "it says the same, in one line");
});

test("an event without a field of its own is named with its file, whoever reads it", async (t) => {
  const { path } = await recorded(t);
  const lines = (await readFile(path, "utf8")).split("\n");
  for (const [kind, field, ...words] of [
    ["digit", "digit", "replay", path, "--step"],
    ["attached", "base", "replay", path, "--call", "1"],
    ["digit", "digit", "explore", path, "--from", "9"],
  ] as const) {
    const at = lines.findIndex((line) => line.includes(`"kind":"${kind}"`) && line.includes(`"${field}":`));
    const { event, ...rest } = JSON.parse(lines[at] ?? "") as { event: Record<string, unknown> };
    const without = { ...rest, event: { ...event, [field]: undefined } };
    await writeFile(path, lines.toSpliced(at, 1, JSON.stringify(without)).join("\n"));
    const screen = new Typist(path, []);
    assert.equal(await cli(words, screen, parts), 1);
    assert.match(screen.errors.join(), new RegExp(`^offhook: ${path}: event \\d+:? can not be .* wrong or missing$`));
  }
});

test("a changed program on an old recording is shown at its first differing command, and the exit code is 1", async (t) => {
  const { path, walked } = await recorded(t);
  const text = await readFile(path, "utf8");
  const altered = text.replace('"sip:in-1","kind":"ring"', '"sip:in-1","kind":"ringOtherwise"');
  assert.notEqual(altered, text);
  await writeFile(path, altered);
  const { code, out } = await walked(["--step"]);
  assert.equal(code, 1);
  const [, n = ""] = /^event (\d+) gives other commands than were recorded: the walk ends there$/m.exec(out) ?? [];
  assert.match(
    out,
    new RegExp(`event ${n} gives other commands than were recorded, from the 2. of 2:[\\s\\S]*ringOtherwise`),
  );
  assert.equal(out.match(/^#\d+/gm)?.length, Number(n), "nothing after it is shown");
  const watched = await walked(["--json", "--watch", "port:1"]);
  assert.deepEqual([watched.code, stepsOf(watched.out).at(-1)?.n], [1, Number(n)]);
  const plain = await walked([]);
  assert.equal(plain.code, 1);
  assert.match(plain.out, /from the 2. of 2:/);
});

test("a recording that breaks a rule is told with the rule and the event, walked or not, and the exit code is 1", async (t) => {
  const dir = await folder(t);
  const { events } = twoCalls();
  const at = events.findIndex(({ kind }) => kind === "invited");
  // No far end can do so: the same dialog begins twice.
  const path = await recordingOf(dir, events.toSpliced(at + 1, 0, events[at] as Event));
  const run = async (...options: readonly string[]) => {
    const screen = new Typist(dir, []);
    return { code: await cli(["replay", path, ...options], screen, parts), out: screen.text };
  };
  const plain = await run();
  assert.equal(plain.code, 1);
  assert.match(plain.out, new RegExp(`^event ${at + 2} breaks oneRelease: sip:in-1 began while it lived$`, "m"));
  assert.match(plain.out, /19 events replayed, every command is the same$/);
  const walked = await run("--step");
  assert.equal(walked.code, 1);
  assert.match(walked.out, new RegExp(`^#${at + 2} .*[^#]*!! breaks oneRelease: sip:in-1 began while it lived$`, "m"));
  const { broken } = JSON.parse((await run("--json")).out) as { broken: readonly Broken[] };
  assert.deepEqual([broken[0]?.n, broken[0]?.rule], [at + 2, "oneRelease"]);
});
