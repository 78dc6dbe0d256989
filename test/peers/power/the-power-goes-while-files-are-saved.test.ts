import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Program } from "../harness/program.ts";
import { Scratch } from "../harness/scratch.ts";
import { carelessWays } from "./careless.ts";
import { Disk, needsRoot } from "./disk.ts";
import { callOf, callsKept, contactOf, contactsKept, lastChange } from "./history.ts";
import { noJournals, readJournals, startStore } from "./judge.ts";

/** How often the power is cut: `OFFHOOK_CUTS=5000 npm test -- peers power` for more. */
const { OFFHOOK_CUTS = "500" } = process.env;
const cuts = Number(OFFHOOK_CUTS);
/** Cuts for each way of saving that has to be found out. */
const cutsOfCareless = 20;
/** Between two cuts, ms: anywhere in a save, which takes some milliseconds. */
const atMostBetween = 40;

/** A writer at work on a disk of its own. */
class Study {
  readonly disk: Disk;
  readonly journals = noJournals();
  readonly #writer: Program;
  readonly #note: string;

  private constructor(disk: Disk, writer: Program, note: string) {
    this.disk = disk;
    this.#writer = writer;
    this.#note = note;
  }

  static async open(t: TestContext, how: string): Promise<Study> {
    const scratch = new Scratch();
    t.after(() => scratch.close());
    const disk = await Disk.open(scratch);
    const note = join(await scratch.folder("note"), "saved");
    const script = join(import.meta.dirname, "writer.ts");
    const args = ["--import", "tsx", script, disk.path, note, how];
    const writer = new Program({ name: `writer (${how})`, command: process.execPath, args });
    scratch.atEnd(() => writer.stop());
    const study = new Study(disk, writer, note);
    await study.#begins();
    return study;
  }

  /** Cuts the power at a random moment; null when nothing is wrong then, else what is. */
  async cut(): Promise<() => Promise<string | null>> {
    await setTimeout(Math.random() * atMostBetween);
    assert.equal(this.#writer.exitCode, null, `the writer ended: ${this.#writer.tail()}`);
    const { image, seen } = await this.disk.cut(() => this.#said());
    return () => this.disk.restore(image, (path) => this.#judge(path, seen));
  }

  get changes(): number {
    return Math.min(...Object.values(this.#said()));
  }

  async #judge(path: string, said: { readonly book: number; readonly calls: number }): Promise<string | null> {
    const aside = (await readdir(path)).filter((name) => name.includes("damaged"));
    assert.deepEqual(aside, []);
    await readJournals(path, this.journals);
    const { contacts, calls, damaged, savesAgain } = await startStore(path, callsKept);
    const [book, log] = [lastChange(contacts, contactsKept, contactOf), lastChange(calls, callsKept, callOf)];
    if (damaged.length > 0) return damaged.join("; ");
    if (book === null || log === null) return "a list is none that ever was";
    if (book < said.book) return `change ${said.book} of the book was said to be saved, ${book} is there`;
    if (log < said.calls) return `call ${said.calls} was said to be saved, ${log} is there`;
    return savesAgain ? null : "nothing can be saved any more";
  }

  /** Up to which change the lists were said to be saved. */
  #said(): { readonly book: number; readonly calls: number } {
    const octets = readFileSync(this.#note);
    return octets.length < 16 ? { book: 0, calls: 0 } : { book: octets.readDoubleLE(0), calls: octets.readDoubleLE(8) };
  }

  async #begins(): Promise<void> {
    for (const deadline = performance.now() + 20_000; ; await setTimeout(10)) {
      const begun = await readdir(this.disk.path);
      if (begun.includes("calls.json") && this.changes > 0) return;
      assert.equal(this.#writer.exitCode, null, `the writer ended: ${this.#writer.tail()}`);
      assert.ok(performance.now() < deadline, "the writer wrote nothing");
    }
  }
}

/** What was wrong after how many of that many cuts. A copy is read while the next ones are made. */
async function problems(study: Study, count: number): Promise<readonly string[]> {
  const found: (string | null)[] = [];
  let reading: Promise<unknown> = Promise.resolve();
  for (let n = 0; n < count; n++) {
    const look = await study.cut();
    await reading;
    reading = look().then((problem) => found.push(problem));
    // It is awaited in the next round.
    reading.catch(() => {});
  }
  await reading;
  return found.filter((problem) => problem !== null);
}

test(
  "a power cut at any moment leaves every file readable with the newest change that was saved",
  needsRoot,
  async (t) => {
    const study = await Study.open(t, "store");
    const began = performance.now();
    const broken = await problems(study, cuts);
    const { whole, torn, empty, events, unreadable } = study.journals;
    t.diagnostic(
      `${cuts} cuts in ${((performance.now() - began) / 1000).toFixed(0)} s during ${study.changes} changes: ` +
        `${broken.length} broken; journals with ${events} events: ${whole} whole, ${torn} end where the power went, ` +
        `${empty} just begun, ${unreadable.length} unreadable`,
    );
    assert.deepEqual(broken, []);
    assert.deepEqual(unreadable, []);
  },
);

for (const way of carelessWays)
  test(`saving by "${way}" is found out, so this test would find it out in the store`, needsRoot, async (t) => {
    const study = await Study.open(t, way);
    const broken = await problems(study, cutsOfCareless);
    t.diagnostic(`${broken.length} of ${cutsOfCareless} cuts broke something, e.g. ${broken.at(-1)}`);
    assert.ok(broken.length > 0, "no cut broke anything");
  });
