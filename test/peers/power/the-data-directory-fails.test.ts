import assert from "node:assert/strict";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Status } from "../../../src/api/status.ts";
import type { Contact } from "../../../src/message/record.ts";
import { writeEntries } from "../../../src/vendor/store/format.ts";
import { Door } from "../harness/door.ts";
import { House } from "../harness/house.ts";
import { Scratch } from "../harness/scratch.ts";
import { callGoesThrough } from "./a-call-meanwhile.ts";
import { mount, needsRoot, run } from "./disk.ts";
import { startStore } from "./judge.ts";

/** The data directory on a disk of its own, with one entry in the book that is saved. */
async function smallDisk(t: TestContext, extra = ""): Promise<{ scratch: Scratch; dir: string; house: House }> {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const dir = await scratch.folder("small");
  await mount(scratch, dir, "-t", "tmpfs", "-o", "size=512k", "tmpfs");
  const house = await House.start(scratch, { dataDir: dir, extra: `\n[data]\nsave_after_ms = 100\n${extra}` });
  await house.door.ask("book", "add", "Before", "0301");
  await house.fact("storeChanged", 5000, 0, ({ what, state }) => what === "book" && state === "saved");
  return { scratch, dir, house };
}

/** Started on a disk that is read-only, with the entries that are saved there; the control socket is in a folder in memory. */
async function startedReadOnly(t: TestContext, contacts: readonly Contact[]) {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const [disk, configDir, runtime] = [
    await scratch.folder("disk"),
    await scratch.folder("c"),
    await scratch.folder("r"),
  ];
  // For this process, which asks, and for the gateway.
  Object.assign(process.env, { RUNTIME_DIRECTORY: runtime });
  await mount(scratch, disk, "-t", "tmpfs", "-o", "size=512k", "tmpfs");
  await writeFile(join(disk, "book.json"), [...writeEntries("contacts", contacts)].join(""));
  await run("mount", "-o", "remount,ro", disk);
  const house = await House.start(scratch, { dataDir: disk, configDir, extra: "\n[data]\nsave_after_ms = 100\n" });
  return { scratch, disk, house };
}

/** A change is not saved, which is told as a fact, in the status, and to whoever makes the next one, with the reason. */
async function changesAreNotSaved(house: House, reason: RegExp): Promise<void> {
  const since = house.door.facts.length;
  await house.door.ask("book", "add", "During", "0302");
  const { state } = await house.fact("storeChanged", 5000, since, ({ what }) => what === "book");
  assert.match(state, new RegExp(`^not saved: .*${reason.source}`));
  const again = await house.cli("book", "add", "Refused", "0303", "--data", house.dataDir);
  assert.equal(again.code, 1, again.output);
  assert.match(again.output, /Refused is in the phone book, but that is not saved \(/);
  assert.match(again.output, reason);
  assert.match((await house.status()).unsaved.book ?? "", reason);
}

/** By itself, without another change: what could not be saved is saved. */
async function clearsItself(house: House, since: number): Promise<Status> {
  await house.fact("storeChanged", 15_000, since, ({ what, state }) => what === "book" && state === "saved");
  return house.untilStatus(
    "everything is saved",
    15_000,
    ({ unsaved }) => unsaved.book === null && unsaved.calls === null,
  );
}

async function savedNames(dir: string): Promise<readonly string[]> {
  const { contacts, damaged } = await startStore(dir, 1000);
  assert.deepEqual(damaged, []);
  return contacts.map(({ name }) => name);
}

test(
  "on a full disk calls go on, changes are said not to be saved and why, and are saved when there is room",
  needsRoot,
  async (t) => {
    const { scratch, dir, house } = await smallDisk(t);
    const ballast = join(dir, "ballast");
    await assert.rejects(writeFile(ballast, Buffer.alloc(1024 * 1024)), /ENOSPC/);
    await changesAreNotSaved(house, /ENOSPC/);
    await callGoesThrough(scratch, house);
    await house.fact("storeChanged", 5000, 0, ({ what, state }) => what === "calls" && state.includes("ENOSPC"));
    assert.match(house.program.output, /flight recorder .*: stopped \(ENOSPC/);
    const since = house.door.facts.length;
    await rm(ballast);
    const { figures } = await clearsItself(house, since);
    assert.equal(figures.faults, 0);
    assert.equal((await house.log()).length, 1);
    await house.program.stop();
    assert.deepEqual((await savedNames(dir)).slice(0, 4), ["Alice Softphone", "Before", "During", "Refused"]);
  },
);

test(
  "on a disk that turns read-only calls go on, and what changed is saved when it can be written again",
  needsRoot,
  async (t) => {
    // A journal that is open for writing would keep the disk from being made read-only.
    const { scratch, dir, house } = await smallDisk(t, "\n[recorder]\nenabled = false\n");
    await run("mount", "-o", "remount,ro", dir);
    await changesAreNotSaved(house, /EROFS/);
    await callGoesThrough(scratch, house);
    await house.fact("storeChanged", 5000, 0, ({ what, state }) => what === "calls" && state.includes("EROFS"));
    const since = house.door.facts.length;
    await run("mount", "-o", "remount,rw", dir);
    await clearsItself(house, since);
    await house.program.stop();
    assert.deepEqual((await savedNames(dir)).slice(0, 4), ["Alice Softphone", "Before", "During", "Refused"]);
  },
);

test("a data directory that is taken away is made again with everything in it, and calls go on", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const [parent, elsewhere] = [await scratch.folder("parent"), await scratch.folder("elsewhere")];
  const dir = join(parent, "data");
  await rename(await scratch.folder("data"), dir);
  const house = await House.start(scratch, { dataDir: dir, extra: "\n[data]\nsave_after_ms = 100\n" });
  await rename(dir, join(elsewhere, "data"));
  // The control socket went with it.
  const door = new Door(join(elsewhere, "data"));
  await door.ask("book", "add", "During", "0302");
  await house.fact("storeChanged", 5000, 0, ({ what, state }) => what === "book" && state === "saved");
  await callGoesThrough(scratch, house, door);
  await house.fact("storeChanged", 5000, 0, ({ what, state }) => what === "calls" && state === "saved");
  assert.match(await readFile(join(dir, "book.json"), "utf8"), /"During"/);
  assert.match(await readFile(join(dir, "calls.json"), "utf8"), /"answered"/);
});

test(
  "started on a read-only disk it says so, calls go on with the book that is there, and all is saved when it can be",
  needsRoot,
  async (t) => {
    const { scratch, disk, house } = await startedReadOnly(t, [
      { id: 1, name: "Alice Softphone", numbers: ["700", "alice"] },
    ]);
    assert.match(house.program.output, /data directory .*: can not be written \(EROFS\), nothing is saved — /);
    assert.equal((await house.cli("book", "--data", house.dataDir)).code, 0);
    await changesAreNotSaved(house, /EROFS/);
    await callGoesThrough(scratch, house);
    const since = house.door.facts.length;
    await run("mount", "-o", "remount,rw", disk);
    await clearsItself(house, since);
    await house.program.stop();
    assert.deepEqual((await savedNames(house.dataDir)).slice(0, 3), ["Alice Softphone", "During", "Refused"]);
  },
);
