import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Event } from "../../src/message/event.ts";
import type { CallId } from "../../src/message/name.ts";
import { replayJournal } from "../../src/replay.ts";
import { run } from "../../src/simulation/run.ts";
import { capsuleOf } from "../../src/trace/capsule.ts";
import { stepsOf } from "../../src/trace/steps.ts";
import { windowOf } from "../../src/trace/window.ts";
import { folder, journalText } from "./journal-of.ts";

/** `HOUSES=200 npm test -- unit simulated-houses` tries more. */
const { HOUSES = "10" } = process.env;
const houses = Number(HOUSES);
const callsInEach = 8;

/** Of what somebody outside gives, by its key: what stands for it here, and is found wherever it should not be. */
class Canaries {
  readonly all = new Set<string>();
  readonly #given = new Map<string, string>();
  readonly #own: ReadonlySet<string>;

  constructor(own: ReadonlySet<string>) {
    this.#own = own;
  }

  in(event: Event): Event {
    return this.#walk(event, "", "") as Event; // strings become strings, all else is as it was
  }

  #walk(value: unknown, key: string, parent: string): unknown {
    if (typeof value === "string") return this.#text(value, key, parent);
    if (Array.isArray(value)) return value.map((item) => this.#walk(item, key, parent));
    if (typeof value !== "object" || value === null) return value;
    const about = "kind" in value && typeof value.kind === "string" ? value.kind : key;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#walk(item, name, about)]));
  }

  #text(text: string, key: string, parent: string): string {
    const isNumber = (key === "number" || key === "numbers") && /^\+?[0-9]{5,}$/.test(text) && !this.#own.has(text);
    if (isNumber) return this.#of("number", text, (n) => `4955${1_000_000 + 7 * n}`);
    if (key === "address") return this.#of(key, text, (n) => `203.0.113.${n % 256}`);
    const isReason = key === "reason" && parent !== "released";
    if ((key === "name" && parent !== "start") || isReason || /^(?:callId|serial|model|ipui|server)$/.test(key))
      return this.#of(key, text, (n) => `Canary${n}${key}`);
    return text;
  }

  #of(key: string, text: string, make: (n: number) => string): string {
    const known = this.#given.get(key + text);
    if (known !== undefined || text === "") return known ?? "";
    const canary = make(this.#given.size);
    this.#given.set(key + text, canary);
    this.all.add(canary);
    return canary;
  }
}

/** The recording of a house in which everything from outside is a canary. */
async function recorded(t: TestContext, seed: number) {
  const { journal, failure } = run(seed, { calls: callsInEach, hash: false, journal: true });
  assert.equal(failure, null);
  const events = journal.map((entry) => (JSON.parse(entry) as { event: Event }).event); // written by the run
  const configured = events.find((event) => event.world === "admin" && event.kind === "configured");
  assert.ok(configured?.world === "admin" && configured.kind === "configured");
  const { phones, groups, services } = configured.house;
  const canaries = new Canaries(new Set([...phones, ...groups, ...services].map(({ number }) => number)));
  const path = join(await folder(t), "journal-000001.jsonl");
  await writeFile(path, journalText(events.map((event) => canaries.in(event))));
  return { path, canaries: canaries.all };
}

/** How many steps the call has there. */
async function stepsIn(path: string, call: CallId): Promise<number> {
  return (await stepsOf(path, call)).steps.length;
}

test("of whatever calls any house has, each capsule replays, is whole, and has nothing in it that somebody outside gave", async (t) => {
  let made = 0;
  for (let seed = 1; seed <= houses; seed++) {
    const { path, canaries } = await recorded(t, seed);
    assert.ok(canaries.size > 5);
    for (const call of (await stepsOf(path, "call:1")).calls) {
      const what = `${call} of house ${seed}`;
      const window = await windowOf(path, call);
      assert.ok(window !== null, what);
      let count = 0;
      const { text } = await capsuleOf(window, () => `${seed} ${call} ${++count}`);
      const capsule = join(await folder(t), "capsule.jsonl");
      await writeFile(capsule, text);
      assert.equal((await replayJournal(capsule)).divergence, null, what);
      assert.equal(await stepsIn(capsule, call), await stepsIn(path, call), what);
      for (const canary of canaries) assert.ok(!text.includes(canary), `${canary} is in ${what}`);
      made += 1;
    }
  }
  assert.ok(made > 4 * houses);
  t.diagnostic(`${made} calls of ${houses} houses`);
});
