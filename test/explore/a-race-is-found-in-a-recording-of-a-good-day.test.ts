import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readArguments } from "../../src/api/cli/arguments.ts";
import { exploration } from "../../src/api/cli/explore.ts";
import type { Subject } from "../../src/explore/branch.ts";
import { exploreJournal, type JournalOptions } from "../../src/explore/journal.ts";
import { momentsOf } from "../../src/explore/moment.ts";
import type { CcCall } from "../../src/message/dect.ts";
import type { Event } from "../../src/message/event.ts";
import type { HandsetName } from "../../src/message/name.ts";
import { instant } from "../../src/message/units.ts";
import { replayJournal } from "../../src/replay.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { Screen } from "../api/stand-in.ts";
import { World } from "../logic/world.ts";

const none = { duplicates: 0, losses: 0, expiries: 0, whims: 0 };
const options: JournalOptions = { ...none, from: null, window: 7, states: 10_000 };

/** The hall calls handset 2, which answers; a little later the workshop does. Nothing goes wrong. */
function goodDay(): World {
  const world = new World();
  for (const port of ["port:1", "port:2"] as const) {
    world.dial(port, "612");
    const about = { world: "dect", handset: "handset:2", call: world.setupOf("handset:2") } as const;
    world.post({ ...about, kind: "alerting" });
    world.pass(2000);
    world.post({ ...about, kind: "connect" });
    world.pass(5000);
    world.post({ world: "fxs", kind: "wentOnHook", port });
    world.pass(2000);
  }
  return world;
}

async function recorded(t: TestContext): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), "offhook-explore-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "good.jsonl");
  const lines = goodDay().steps.map(({ event, commands }, index) => JSON.stringify({ n: index + 1, event, commands }));
  await writeFile(file, [`{"journal":"offhook","version":2,"at":0}`, ...lines, ""].join("\n"));
  return { folder, file };
}

/** A house with the race of docs/debugging.md: a handset takes answers to whatever transaction. */
function confused(): Subject {
  const upper = new UpperHalf();
  const now = new Map<HandsetName, CcCall>();
  const mistaken = (event: Event): Event => {
    if (event.world !== "dect" || event.kind !== "connect") return event;
    return { ...event, call: now.get(event.handset) ?? event.call };
  };
  return {
    handle: (event) => {
      const commands = upper.handle(mistaken(event));
      for (const command of commands)
        if (command.world === "dect" && command.kind === "setup") now.set(command.handset, command.call);
      return commands;
    },
    view: () => upper.view(),
    restart: (at) => upper.restart(at),
    snapshot: () => upper.snapshot(),
    touched: () => upper.touched(),
    get calls() {
      return upper.calls;
    },
    get quiet() {
      return upper.quiet;
    },
  };
}

test("a good day breaks no rule in any order; a house with a race in it does, and the shortest history says how", async (t) => {
  const { file } = await recorded(t);
  const sound = await exploreJournal(file, options);
  assert.deepEqual([sound.findings, sound.differs, sound.cutOff, sound.foundAfter], [[], null, 0, null]);
  assert.ok(sound.orders > 100n, `${sound.orders} orders`);

  const found = await exploreJournal(file, { ...options, fresh: confused });
  assert.equal(found.differs, null, "in the order in which everything came nothing is to be seen");
  const [first] = found.findings;
  assert.deepEqual(
    [first?.failure.rule, first?.failure.objects, first?.failure.why],
    ["order", ["cc:out-2"], "was told that it answered, and did not"],
  );
  // The hall gives up; the workshop dials 612; the handset was lifted for the hall.
  const story = first?.history.slice(first.before).map(({ event, late }) => `${event.kind}${late ? " late" : ""}`);
  assert.deepEqual(story, ["wentOnHook", "wentOffHook", "digit", "digit", "digit", "connect late"]);
  t.diagnostic(`found after ${found.foundAfter} of ${found.runs} histories`);
});

test("it is told as typed: exit code 1, the history, and a journal that a sound house answers otherwise at its last event", async (t) => {
  const { folder, file } = await recorded(t);
  const screen = new Screen(folder);
  const args = readArguments(["explore", "good.jsonl", "--from", "10", "--window", "7", "--save", "found.jsonl"]);
  const code = await exploration([file], args, screen, (path, wanted) =>
    exploreJournal(path, { ...wanted, fresh: confused }),
  );
  assert.equal(code, 1);
  assert.match(screen.text, /^one moment: \d+ orders, \d+ states of the house, [\d.]+ s\n/);
  assert.match(
    screen.text,
    /order is broken: cc:out-2 was told that it answered, and did not\n {2}after event 10 6 events/,
  );
  assert.match(screen.text, /\n {6}#11 late {6}dect handset:2 connect, call cc:out-1\n/);
  assert.match(screen.text, /saved, the first: offhook replay found\.jsonl --step/);
  const { divergence, events } = await replayJournal(join(folder, "found.jsonl"));
  assert.equal(divergence?.n, events);
  assert.deepEqual(divergence?.actual, "[]");
});

test("a recording in which nothing follows, or without that event, is refused in a sentence; no rule broken is exit code 0", async (t) => {
  const { folder, file } = await recorded(t);
  const screen = new Screen(folder);
  const good = readArguments(["explore", "good.jsonl", "--from", "10", "--window", "3", "--json"]);
  assert.equal(await exploration([file], good, screen, exploreJournal), 0);
  const { orders, moments, findings } = JSON.parse(screen.text) as Record<string, unknown>;
  assert.deepEqual([moments, findings, typeof orders], [1, [], "string"]);
  const past = readArguments(["explore", "good.jsonl", "--from", "99"]);
  await assert.rejects(
    exploration([file], past, screen, exploreJournal),
    /nothing follows event 99 — name one between/,
  );
  const far = readArguments(["explore", "good.jsonl", "--window", "99"]);
  await assert.rejects(exploration([file], far, screen, exploreJournal), /--window 99: at most 24/);
});

test("a folder of files is explored as one recording: at each moment of its events, what comes in the next file, too", async (t) => {
  const { folder, file } = await recorded(t);
  const text = (await readFile(file, "utf8")).split("\n");
  const [header = ""] = text;
  const [upper, quiet] = [new UpperHalf(), 13];
  const { steps } = goodDay();
  for (const { event } of steps.slice(0, quiet)) upper.handle(event);
  assert.ok(upper.quiet);
  const at = steps[quiet - 1]?.event.at ?? instant(0);
  const state = [...upper.restart(at)].map((event) => JSON.stringify({ n: quiet, event, commands: [] }));
  const files = [text.slice(0, 1 + quiet), [header, ...state, ...text.slice(1 + quiet, -1)]];
  const house = join(folder, "data");
  await mkdir(house);
  for (const [index, lines] of files.entries())
    await writeFile(join(house, `journal-00000${index + 1}.jsonl`), [...lines, ""].join("\n"));
  const [one, several] = [await exploreJournal(file, options), await exploreJournal([house], options)];
  assert.deepEqual(several, one);
  const across = await exploreJournal([house], { ...options, from: quiet - 1 });
  assert.deepEqual(across, await exploreJournal(file, { ...options, from: quiet - 1 }));
  await writeFile(
    join(house, "journal-000001.jsonl"),
    [...text.slice(0, 9), "nonsense", ...text.slice(10, 1 + quiet), ""].join("\n"),
  );
  const damaged = await exploreJournal([house], options);
  assert.deepEqual([damaged.damages.map(({ line }) => line), damaged.differs], [[10], null]);
  assert.ok(damaged.moments < one.moments && damaged.moments > steps.length - quiet, `${damaged.moments} moments`);
});

test("a moment that is too far from the last quiet one is refused with the way out, and no longer way is held", () => {
  const world = goodDay();
  world.dial("port:1", "690");
  while (world.steps.length < 6000) world.post({ world: "timer", kind: "expired", timer: "timer:9999" });
  const entries = world.steps.map(({ event, commands }, index) => ({ n: index + 1, event, commands }));
  const far: number[] = [];
  const wish = { differs: (n: number) => assert.fail(`event ${n} differs`), tooFar: (n: number) => void far.push(n) };
  const at = (from: number) => [...momentsOf(entries, 2, () => new UpperHalf(), { ...wish, from })];
  assert.equal(at(5000)[0]?.after, 5000);
  assert.deepEqual([at(5990), far], [[], [5990]]);
});
