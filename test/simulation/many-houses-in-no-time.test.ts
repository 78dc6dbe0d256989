import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readArguments } from "../../src/api/cli/arguments.ts";
import { simulation } from "../../src/api/cli/simulate.ts";
import type { Command } from "../../src/message/command.ts";
import type { Event } from "../../src/message/event.ts";
import { replayJournal } from "../../src/replay.ts";
import { type RunResult, run, type Subject } from "../../src/simulation/run.ts";
import { shrink } from "../../src/simulation/shrink.ts";
import { seedOf, simulate } from "../../src/simulation/simulate.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { Screen } from "../api/stand-in.ts";

/** 50 calls each. */
const options = { calls: 50 };

function holds(result: RunResult): void {
  const { failure, seed } = result;
  const again = `npx offhook simulate --seed ${seed} --runs 1 --save FILE`;
  assert.equal(
    failure,
    null,
    `seed ${seed}: ${failure?.rule}, ${failure?.objects.join(" ")} ${failure?.why}\n${again}`,
  );
}

test("whatever the house and the world do, no rule is broken, and at the end everything rests", () => {
  let calls = 0;
  for (let n = 0; n < 200; n++) {
    const result = run(seedOf(20_261_123, n), { ...options, hash: false });
    holds(result);
    calls += result.calls;
  }
  assert.ok(calls > 5000, `only ${calls} calls were made`);
});

test("a seed that nobody has tried breaks no rule either", (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`fresh seed ${seed}`);
  for (let n = 0; n < 50; n++) holds(run(seedOf(seed, n), { ...options, hash: false }));
});

test("one seed is one run, bit for bit; another is another", () => {
  const once = simulate({ seed: 7, runs: 10, ...options });
  assert.deepEqual(simulate({ seed: 7, runs: 10, ...options }), once);
  assert.notEqual(simulate({ seed: 8, runs: 10, ...options }).hash, once.hash);
});

test("everything that phones and far ends can do to a call happens in some run", () => {
  const seen = new Set<string>();
  for (let n = 0; n < 60; n++)
    for (const line of run(seedOf(5, n), { ...options, hash: false, journal: true }).journal) {
      const { event, commands } = JSON.parse(line) as { event: Event; commands: Command[] }; // written by `run`
      seen.add(`${event.world} ${event.kind}`);
      for (const command of commands) if (command.world === "notify") seen.add(command.fact.kind);
    }
  const sip = ["registered", "registrationFailed", "unregistered", "cancelled", "ringing", "progressed", "answered"];
  const legs = ["confirmed", "refused", "reoffered", "reanswered", "reofferRefused", "digit", "ended"];
  const dect = ["detached", "located", "detachedHandset", "keypad", "alerting", "connect", "pageFailed", "released"];
  const fxs = ["detached", "wentOffHook", "wentOnHook", "digit", "lineFault", "lineRestored"];
  const voice = ["lost", "ready", "digit", "callerIdSent", "faxTone", "measured", "rtpTimeout"];
  const facts = ["callAnswered", "callHeld", "callResumed", "callCarriesFax", "memoryChanged"];
  const wanted = [
    ...[...sip, ...legs].map((kind) => `sip ${kind}`),
    ...dect.map((kind) => `dect ${kind}`),
    ...fxs.map((kind) => `fxs ${kind}`),
    ...voice.map((kind) => `voice ${kind}`),
    ...["store saveFailed", "store saved", "admin hangUp", "admin memory", "timer expired", ...facts],
  ];
  assert.deepEqual(
    wanted.filter((kind) => !seen.has(kind)),
    [],
  );
});

/** An upper half with a planted bug: it stops no port's ringing when the caller gives up. */
function forgetful(): Subject {
  const upper = new UpperHalf();
  const lost = (event: Event, command: Command): boolean =>
    event.world === "sip" && event.kind === "cancelled" && command.world === "fxs" && command.kind === "stopRing";
  return {
    handle: (event) => upper.handle(event).filter((command) => !lost(event, command)),
    view: () => upper.view(),
    restart: (at) => upper.restart(at),
    get calls() {
      return upper.calls;
    },
    get quiet() {
      return upper.quiet;
    },
  };
}

test("a bug is found, and shrunk to a history of a few events from outside that shows it still", () => {
  const buggy = { ...options, upper: forgetful };
  const found = Array.from({ length: 50 }, (_, n) => run(seedOf(3, n), buggy)).find(({ failure }) => failure !== null);
  assert.ok(found !== undefined && found.failure !== null, "fifty houses, and nobody gave up while a port rang");
  const { script, result } = shrink(found.seed, buggy, found.failure);
  assert.equal(result.failure?.rule, found.failure.rule);
  assert.ok(script.length <= 3, `${script.length} are left`);
  assert.ok(result.journal.length === result.events && result.events < 90);
});

test("a failing run is saved as a journal that replays with the same commands, by the command that is told", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-simulation-"));
  t.after(() => rm(folder, { recursive: true }));
  const failing = run(7, options);
  const failure = { rule: "rest", objects: ["port:1"], why: "rings", event: 9, calls: 3 } as const;
  const result = { ...run(7, { ...options, journal: true }), failure };
  const tripped = result.journal.filter((line) => /"trips":[1-9]\d*\}\n$/.test(line) && line.includes("trips over"));
  assert.ok(tripped.length > 0, "no handler was made to throw");
  const smallest = { script: [{ at: 1500, verb: "lift", trait: 1 }], result, tries: 1 } as const;
  const failed = { run: { ...failing, failure }, smallest };
  const screen = new Screen(folder);
  const { calls, events, commands, hash } = failing;
  const args = readArguments(["simulate", "--seed", "7", "--runs", "1", "--save", "found.jsonl"]);
  const code = await simulation(args, screen, () => ({ seed: 7, runs: 1, calls, events, commands, hash, failed }));
  assert.equal(code, 1);
  assert.match(
    screen.text,
    /seed 7 breaks a rule after 3 calls: rest, port:1 rings \(event 9\)\n[\s\S]*1\.500 s {2}lift\n/,
  );
  assert.match(screen.text, /saved: offhook replay found\.jsonl --step/);
  const { divergence, torn, ...replayed } = await replayJournal(join(folder, "found.jsonl"));
  assert.deepEqual([divergence, torn, replayed.events], [null, false, result.events]);
});
