import assert from "node:assert/strict";
import { test } from "node:test";
import { dial } from "../guest/talk.ts";
import { router } from "./world.ts";

/** Each pulls both devices out: twenty in all. */
const ROUNDS = 10;
/** What a process may gain over all of it and have lost nothing: files that are open, MB of memory of its own. */
const MOST_FILES = 3;
/** The heap of a young process grows by garbage that lies: 5 MB in these rounds, 2 MB in ten more, then no more. */
const MOST_MB = 10;

test("both devices are pulled out in mid-call and mid-transfer ten times each: calls end, nothing leaks, plugged again all is there", async (t) => {
  const world = await router();
  const { house, gateway } = world;
  const alice = await world.alice(t);
  const [port, handset] = [house.phone("port:1"), house.phone("handset:1")];
  const seen: number[] = [];
  let [files, memory] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    // The first round brings what any round brings: its figures are the measure for the others.
    if (round === 1) [files, memory] = [await gateway.openFiles(), await gateway.anonymousMB()];
    const [told, events] = [world.told, alice.events.length];
    await dial(handset, "690");
    await world.fact("callAnswered", told);
    alice.dial(world.uri("601"));
    await port.rings(20_000);
    await port.lift();
    await alice.until("CALL_ESTABLISHED", 10_000, events);
    // Voice is under way in both directions, at another place each time.
    const heard = (await alice.heard()).samples.length / 8;
    await alice.hasHeard(heard + 200 + round * 3, 20_000);
    await Promise.all([house.unplug("dongle:1"), house.unplug("base:1")]);
    await alice.until("CALL_CLOSED", 10_000, events);
    await Promise.all([world.detached("dongle:1", told), world.detached("base:1", told)]);
    // The handset is on-hook by itself: its base has lost all it knew.
    await port.hangUp();
    await Promise.all([house.offer("dongle:1"), house.offer("base:1")]);
    const plugged = performance.now();
    await world.attach("base:1");
    await world.attach("dongle:1");
    await Promise.all([world.attached("dongle:1", told), world.attached("base:1", told)]);
    seen.push(performance.now() - plugged);
    await world.allThere();
  }
  const gained = { files: (await gateway.openFiles()) - files, memory: (await gateway.anonymousMB()) - memory };
  const longest = Math.max(...seen).toFixed(0);
  t.diagnostic(`plugged in until attached, both, without udevd: at most ${longest} ms`);
  t.diagnostic(`gained over ${ROUNDS - 1} rounds: ${gained.files} open files, ${gained.memory.toFixed(1)} MB`);
  assert.ok(gained.files <= MOST_FILES, `${gained.files} files more are open`);
  assert.ok(gained.memory <= MOST_MB, `${gained.memory.toFixed(1)} MB more`);
  const { figures } = await world.status();
  assert.equal(figures.faults, 0);
});
