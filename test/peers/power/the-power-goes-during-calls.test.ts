import assert from "node:assert/strict";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { House } from "../harness/house.ts";
import { Scratch } from "../harness/scratch.ts";
import { Disk, needsRoot } from "./disk.ts";
import { noJournals, readJournals, startStore } from "./judge.ts";

const cuts = 30;
/** Between two cuts, ms: the gateway saves every 100 ms. */
const atMostBetween = 200;

/** A fast machine would fill the small disk with the phone book; then the calls alone keep it writing. */
const MOST_ENTRIES = 3000;

/** Somebody who changes the phone book, and somebody who calls and gives up, until they are told to stop. */
class Busy {
  #over = false;
  readonly #done: Promise<unknown>;

  constructor(house: House) {
    this.#done = Promise.all([this.#fillBook(house), this.#fillLog(house)]);
    this.#done.catch(() => {});
  }

  stop(): Promise<unknown> {
    this.#over = true;
    return this.#done;
  }

  async #fillBook(house: House): Promise<void> {
    for (let n = 1; n <= MOST_ENTRIES && !this.#over; n++)
      await house.door.ask("book", "add", `Person ${n}`, `0301${n}`);
  }

  async #fillLog(house: House): Promise<void> {
    const [caller, called] = [house.phone("port:1"), house.phone("port:2")];
    while (!this.#over) {
      // A frozen disk and a busy machine may cost a call its dial tone: this is about files, the next call is tried.
      const rang = await caller.dial("602").then(
        () => called.rings().then(() => true),
        () => false,
      );
      await caller.hangUp();
      if (!rang) continue;
      await called.stopsRinging();
    }
  }
}

/**
 * Entries that are on the disk for certain. Of two saves in a row the second began after the first was done, so it has
 * all that was told before the first.
 */
function certain(house: House): { readonly contacts: number; readonly calls: number } {
  const facts = house.door.facts.map(({ fact }) => fact);
  const before = (what: string): typeof facts => {
    const saves = facts.flatMap((fact, at) =>
      fact.kind === "storeChanged" && fact.what === what && fact.state === "saved" ? [at] : [],
    );
    return facts.slice(0, saves.at(-2) ?? 0);
  };
  const book = before("book").flatMap((fact) => (fact.kind === "bookChanged" ? [fact.contacts] : []));
  const calls = before("calls").filter((fact) => fact.kind === "callEnded" && fact.record !== null);
  return { contacts: book.at(-1) ?? 0, calls: calls.length };
}

test(
  "a gateway whose power goes during calls has every entry that was saved when it comes back",
  needsRoot,
  async (t) => {
    const scratch = new Scratch();
    t.after(() => scratch.close());
    const disk = await Disk.open(scratch);
    const dir = join(disk.path, "house");
    await mkdir(dir);
    const options = { dataDir: dir, extra: "\n[data]\nsave_after_ms = 100\n" };
    const house = await House.start(scratch, options);
    const busy = new Busy(house);
    await house.untilStatus("a call is logged and saved", 20_000, () => certain(house).calls > 0);
    const journals = noJournals();
    for (let n = 1; n <= cuts; n++) {
      await setTimeout(Math.random() * atMostBetween);
      const { image, seen } = await disk.cut(() => certain(house));
      await disk.restore(image, async (path) => {
        const there = join(path, "house");
        await readJournals(there, journals);
        if (n === cuts) await comesBack(house, { ...options, dataDir: there }, seen);
        const { contacts, calls, damaged } = await startStore(there, 1000);
        assert.deepEqual(damaged, []);
        assert.ok(
          contacts.length >= seen.contacts,
          `${seen.contacts} contacts were saved, ${contacts.length} are there`,
        );
        assert.ok(calls.length >= seen.calls, `${seen.calls} calls were saved, ${calls.length} are there`);
      });
    }
    await busy.stop();
    await house.isQuiet();
    const { contacts, calls } = certain(house);
    t.diagnostic(
      `${cuts} cuts, ${contacts} contacts and ${calls} calls at the end; journals: ${JSON.stringify(journals)}`,
    );
    assert.deepEqual(journals.unreadable, []);
  },
);

/** The next gateway starts on what is left, and what happened before can be replayed. */
async function comesBack(
  house: House,
  options: { readonly dataDir: string; readonly extra: string },
  seen: { readonly contacts: number; readonly calls: number },
): Promise<void> {
  const [journal = ""] = (await readdir(options.dataDir)).filter((name) => name.startsWith("journal-")).sort();
  const replay = await house.cli("replay", join(options.dataDir, journal));
  assert.equal(replay.code, 0, replay.output);
  const scratch = new Scratch();
  try {
    const next = await House.start(scratch, options);
    assert.ok((await next.book()).length >= seen.contacts);
    assert.ok((await next.log()).length >= seen.calls);
  } finally {
    await scratch.close();
  }
}
