/**
 * A process that changes phone book and call log without end, and notes after each save up to which change it is said to
 * be on the disk.
 *
 *   writer.ts DIRECTORY NOTE HOW
 *
 * HOW is `store`, which is how the gateway does it, or one of the careless ways.
 */
import { openSync, writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Event } from "../../../src/message/event.ts";
import { instant } from "../../../src/message/units.ts";
import { systemClock } from "../../../src/vendor/clock/clock.ts";
import { openRecorder } from "../../../src/vendor/recorder/recorder.ts";
import { openStore } from "../../../src/vendor/store/store.ts";
import { careless, isCareless } from "./careless.ts";
import { callsKept, change } from "./history.ts";

const [dir = "", note = "", how = "store"] = process.argv.slice(2);

const said = new Float64Array(2);
const noted = openSync(note, "w");

function saved(what: "book" | "calls", n: number): void {
  said[what === "book" ? 0 : 1] = n;
  writeSync(noted, said, 0, said.byteLength, 0);
}

let done = 0;
let beingSaved = 0;

const store = isCareless(how)
  ? careless(how, dir, (what) => saved(what, beingSaved))
  : openStore(dir, {
      clock: systemClock,
      post(event) {
        if (event.world !== "store") return;
        if (event.kind === "saved") saved(event.what, beingSaved);
        else if (event.kind === "saveFailed") fail(event.reason);
      },
      seeds: [],
      callLogSize: callsKept,
      // Saves begin when they are asked for, so that it is known what is in them.
      saveAfterMs: 1_000_000,
      report: fail,
    });
const recorder = openRecorder(dir, {
  clock: systemClock,
  keep: 3,
  segmentBytes: 64 * 1024,
  budget: Number.MAX_SAFE_INTEGER,
  report: fail,
});

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

function makeChange(n: number): void {
  const commands = change(n);
  for (const command of commands) store.perform(command);
  const event: Event = { world: "timer", at: instant(n), kind: "expired", timer: `timer:${n}` };
  recorder.record(n, event, commands);
  if (recorder.full()) recorder.startSegment([{ ...event, timer: `timer:${n + 1}` }]);
}

async function saveWithoutEnd(): Promise<never> {
  for (;;) {
    beingSaved = done;
    await store.flush();
    // Nothing was changed since: the save was none.
    if (beingSaved === done) await setTimeout(1);
  }
}

void saveWithoutEnd();
for (;;) {
  makeChange(++done);
  await setTimeout(1);
}
