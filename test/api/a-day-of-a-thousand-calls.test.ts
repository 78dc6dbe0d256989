import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { openWalk, replayJournal } from "../../src/replay.ts";
import { run } from "../../src/simulation/run.ts";
import { seedOf } from "../../src/simulation/simulate.ts";
import { filesOf } from "../../src/vendor/recorder/recording.ts";
import type { Step } from "../../src/vendor/recorder/walk.ts";
import { Day, recordedDay } from "../vendor/recorder/day.ts";
import { Screen } from "./stand-in.ts";

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

/** The longest that any answer may take on whatever machine, ms; here it is a tenth of it. */
const patience = 15_000;

let dir = "";
let events = 0;

before(async () => {
  const day = new Day(1000);
  events = day.events.length;
  dir = await recordedDay(await mkdtemp(join(tmpdir(), "offhook-day-")), day, 1024 * 1024);
});
after(() => rm(dir, { recursive: true }));

/** A screen at which these lines are typed. */
class Typist extends Screen {
  readonly #typed: string[];

  constructor(folder: string, typed: readonly string[]) {
    super(folder);
    this.#typed = [...typed, "q"];
  }

  override async readLine(): Promise<string | null> {
    return this.#typed.shift() ?? null;
  }
}

async function typed(words: readonly string[], ...lines: readonly string[]): Promise<{ code: number; out: string }> {
  const screen = new Typist(dir, lines);
  const code = await cli(words, screen, parts);
  return { code, out: `${screen.text}${screen.errors.join("\n")}` };
}

function within(t: TestContext, began: number): void {
  const took = performance.now() - began;
  t.diagnostic(`${Math.round(took)} ms`);
  assert.ok(took < patience, `took ${took} ms`);
}

test("the recording of a day of a thousand calls, many files, is replayed as one", async (t) => {
  const began = performance.now();
  assert.ok(filesOf(dir).length >= 8);
  const result = await replayJournal(dir);
  assert.deepEqual(result, { events, divergence: null, torn: false, gaps: [], damages: [], broken: [] });
  within(t, began);
});

test("the first event is there at once, the last and each before it after a run of one file", async (t) => {
  const began = performance.now();
  const walk = await openWalk(dir);
  const most = Math.max(...walk.recording.parts.map(({ from, to }) => to - from));
  assert.ok(most < events / 5);
  const costOf = (index: number): number => {
    const before = walk.handled;
    assert.equal(walk.step(index).divergence, null);
    return walk.handled - before;
  };
  assert.equal(costOf(0), 1);
  for (const index of [events - 1, events - 2, events - 3, 0, events >> 1, 1, events - 1])
    assert.ok(costOf(index) <= most, `a step to ${index} cost more than a file's ${most} events`);
  assert.equal(costOf(4000) + costOf(4001) + costOf(4002) <= most + 2, true, "the next event costs itself only");
  within(t, began);
});

test("one call of the day is found without running the files that do not have it", async (t) => {
  const began = performance.now();
  const walk = await openWalk(dir);
  const { out, code } = await typed(["replay", dir, "--call", "989", "--json"], "next 100", "back 100");
  assert.equal(code, 0, out);
  const steps = out.split("\n").flatMap((line) => {
    const step = JSON.parse(line) as Step;
    return step.index === undefined ? [] : [step];
  });
  const [first, last, again] = steps;
  assert.deepEqual([first?.event.kind, last?.event.kind], ["invited", "measured"]);
  assert.deepEqual(again, first);
  const { events: run } = JSON.parse(out.split("\n").at(-1) ?? "") as { events: number };
  const most = Math.max(...walk.recording.parts.map(({ from, to }) => to - from));
  assert.ok(run <= most, `${run} events were run`);
  within(t, began);
});

test("its numbers go on from file to file: to the last of one, to the first of the next, and back", async () => {
  const walk = await openWalk(dir);
  const [, second] = walk.recording.parts;
  assert.ok(second !== undefined && second.repeated > 0);
  const before = walk.step(second.from - 1);
  const next = walk.step(second.from);
  assert.equal(next.n, before.n + 1);
  assert.notEqual(next.event.kind, "restored");
  assert.equal(next.sinceMs, next.event.at - before.event.at);
  assert.deepEqual(walk.step(second.from - 1), before);
  assert.equal(walk.recording.placeOf(next.n), second.from);
});

test("until an event of the middle, with a word, and to the last: each is answered", async (t) => {
  const began = performance.now();
  const { out } = await typed(["replay", dir, "--until", "6000"]);
  assert.match(out, /^6000 events replayed/);
  const walked = await typed(["replay", dir, "--step"], "until call:700", "jump 999999", "back");
  const numbers = [...walked.out.matchAll(/^#(\d+)/gm)].map(([, number]) => Number(number));
  assert.deepEqual([numbers.length, numbers[2], numbers[3]], [4, events, events - 1]);
  within(t, began);
});

test("trace and capsule find an old call in the folder", async (t) => {
  const began = performance.now();
  const drawn = await typed(["trace", "call:20", "--journal", dir]);
  assert.match(drawn.out, /INVITE/);
  const made = await typed(["capsule", "call:20", join(dir, "one"), "--journal", dir, "--json"]);
  assert.equal(made.code, 0, made.out);
  assert.deepEqual((JSON.parse(made.out) as { others: number }).others, 0);
  const missing = await typed(["trace", "call:4711", "--journal", dir]);
  assert.match(missing.out, /there are calls between call:1 and call:1000/);
  within(t, began);
});

test("a file that is missing in the middle is told as a gap, and the files after it replay", async (t) => {
  const copy = await mkdtemp(join(tmpdir(), "offhook-gap-"));
  t.after(() => rm(copy, { recursive: true }));
  for (const name of readdirSync(dir).filter((file) => file.startsWith("journal-")))
    writeFileSync(join(copy, name), readFileSync(join(dir, name)));
  const { parts } = (await openWalk(copy)).recording;
  const [first, second] = parts;
  rmSync(second?.file.path ?? "");
  const { gaps, divergence, ...rest } = await replayJournal(copy);
  const lost = (second?.to ?? 0) - (second?.from ?? 0);
  assert.deepEqual([gaps, divergence], [[{ after: first?.to, lost, why: null }], null]);
  assert.equal(rest.events, events - lost);
  const { out, code } = await typed(["replay", copy]);
  assert.match(out, new RegExp(`^${lost} events after event ${first?.to} are not in the recording\n`));
  assert.equal(code, 0);
});

test("a state at a file's beginning that is not where the house was is a difference", async (t) => {
  const copy = await mkdtemp(join(tmpdir(), "offhook-state-"));
  t.after(() => rm(copy, { recursive: true }));
  const [first = "", second = ""] = filesOf(dir);
  const text = gunzipSync(readFileSync(second)).toString();
  const altered = text.replace('\\"state\\":\\"registered\\"', '\\"state\\":\\"failed\\"');
  assert.notEqual(altered, text);
  writeFileSync(join(copy, "a.gz"), readFileSync(first));
  writeFileSync(join(copy, "b"), altered);
  const { divergence } = await replayJournal([join(copy, "a.gz"), join(copy, "b")]);
  assert.match(divergence?.expected ?? "", /failed/);
  assert.match(divergence?.actual ?? "", /registered/);
  assert.ok((divergence?.actual.length ?? 0) < 300);
});

test("whatever a house does, each step is the same from wherever it is walked to, and no file breaks a rule alone", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-walked-"));
  t.after(() => rm(folder, { recursive: true }));
  for (let n = 0; n < 6; n++) {
    const { journal } = run(seedOf(11, n), { calls: 25, hash: false, journal: true });
    const simulated = journal.map((line) => (JSON.parse(line) as Step).event); // written by `run`
    const there = await recordedDay(join(folder, `${n}`), { events: simulated }, 20_000);
    const files = filesOf(there);
    const walk = await openWalk(there);
    const steps = simulated.map((_, index) => walk.step(index));
    assert.deepEqual(
      steps.map(({ event }) => event),
      simulated,
    );
    for (let index = simulated.length - 1; index >= 0; index -= 7) assert.deepEqual(walk.step(index), steps[index]);
    const whole = await replayJournal(there);
    assert.deepEqual([whole.divergence, whole.broken, whole.events], [null, [], simulated.length]);
    for (const file of files) assert.deepEqual((await replayJournal(file)).broken, []);
  }
});
