import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Event } from "../../../src/message/event.ts";
import { instant, ms } from "../../../src/message/units.ts";
import { replayJournal } from "../../../src/replay.ts";
import { UpperHalf } from "../../../src/upper-half.ts";
import type { Recorder } from "../../../src/vendor/recorder/recorder.ts";
import { line, World } from "../../logic/world.ts";
import { blackBox, commandsOf, eventOf, folder } from "./black-box.ts";

const flood = 100_000;
const hour = 3_600_000;
/** Of text in memory: what a slow disk may owe, and a line more. */
const mostOctets = 1024 * 1024 + 64 * 1024;

/** A quiet house to which something happens again and again. */
class Flooded {
  readonly upper = new UpperHalf();
  readonly recorder: Recorder;
  most = { events: 0, octets: 0 };
  #n = 0;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
    for (const event of new World().events) this.#take(event);
  }

  happens(at: number): void {
    const state = this.#n % 2 === 0 ? ("registered" as const) : ("unregistered" as const);
    const told =
      state === "registered" ? { kind: state, server: "pbx.example", expiresSeconds: 60 } : ({ kind: state } as const);
    this.#take({ world: "sip", at: instant(2_000_000 + at), line, ...told });
  }

  /** As the gateway does. */
  #take(event: Event): void {
    this.recorder.record(++this.#n, event, this.upper.handle(event));
    const { events, octets } = this.recorder.held();
    this.most = { events: Math.max(this.most.events, events), octets: Math.max(this.most.octets, octets) };
    if (this.recorder.full() && this.upper.quiet) this.recorder.startSegment(this.upper.restart(event.at));
  }
}

function flashOf(dir: string): number {
  return readdirSync(dir).reduce(
    (sum, name) => sum + (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

async function flooded(t: TestContext) {
  const dir = await folder(t);
  const [keep, segmentBytes] = [4, 256 * 1024];
  const { recorder, reports, clock } = blackBox(dir, { keep, segmentBytes, budget: keep * segmentBytes });
  const house = new Flooded(recorder);
  let flash = 0;
  for (let n = 0; n < flood; n++) {
    house.happens(n);
    if (n % 1000 !== 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    flash = Math.max(flash, flashOf(dir));
  }
  return { dir, house, recorder, reports, clock, flash, bound: keep * segmentBytes };
}

test("a flood of 100,000 events takes no more memory and flash than is said, and the loss is told", async (t) => {
  const { dir, house, recorder, reports, clock, flash, bound } = await flooded(t);
  assert.ok(house.most.events <= 64, `${house.most.events} events waited`);
  assert.ok(house.most.octets <= mostOctets, `${house.most.octets} octets waited`);
  assert.ok(flash <= bound + mostOctets, `${flash} octets on flash`);
  assert.match(reports.join("\n"), /stopped \(more happens than may be written in an hour\)/);
  assert.equal(reports.length, 1);
  // An hour later there is room again.
  clock.advance(ms(hour));
  for (let n = 0; n < 100; n++) house.happens(flood + n);
  await recorder.close();
  const { gaps, divergence, broken } = await replayJournal(dir);
  assert.deepEqual([divergence, broken, gaps.length], [null, [], 1]);
  const [gap] = gaps;
  assert.equal(gap?.why, "more happens than may be written in an hour");
  assert.ok(gap.lost > flood / 2 && gap.after + gap.lost > flood - 100, JSON.stringify(gap));
});

test("what a slow disk owes is bounded, too: the recording pauses, and nobody waits for the disk", async (t) => {
  const dir = await folder(t);
  const { recorder, reports } = blackBox(dir, { segmentBytes: 100_000_000 });
  let most = 0;
  // In one go: nothing can be written meanwhile.
  for (let n = 1; n <= flood; n++) {
    recorder.record(n, eventOf(n), commandsOf(n));
    most = Math.max(most, recorder.held().octets);
  }
  assert.match(reports.join("\n"), /stopped \(the disk is too slow for what happens\)/);
  assert.ok(most <= mostOctets, `${most} octets waited`);
  await recorder.close();
  assert.ok(flashOf(dir) <= mostOctets);
});

test("after the budget of an hour is spent, it grows again with the time", async (t) => {
  const dir = await folder(t);
  const { recorder, clock, reports } = blackBox(dir, { keep: 2, segmentBytes: 100_000, budget: 200_000 });
  let n = 0;
  const write = () => {
    for (let more = 0; more < 3000; more++) recorder.record(++n, eventOf(n), commandsOf(n));
  };
  write();
  assert.equal(reports.length, 1);
  clock.advance(ms(hour / 4));
  assert.equal(recorder.full(), false, "a quarter of it is less than a file");
  clock.advance(ms(hour / 2));
  assert.equal(recorder.full(), true);
  recorder.startSegment([eventOf(n)]);
  recorder.record(++n, eventOf(n), []);
  assert.equal(reports.length, 1);
  await recorder.close();
});
