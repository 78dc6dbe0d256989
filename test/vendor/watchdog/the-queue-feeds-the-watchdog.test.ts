import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Event } from "../../../src/message/event.ts";
import { instant, ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { isHeartbeat, openWatchdog } from "../../../src/vendor/watchdog/watchdog.ts";

const loaded: Event = { world: "store", at: instant(0), kind: "loaded", contacts: [], calls: [] };

async function heartbeatFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "offhook-watchdog-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "heartbeat");
  await writeFile(file, "");
  return file;
}

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, "latin1")).split("\n").map((line) => line.trimEnd());
}

test("the file grows with every heartbeat that is answered, and not with one that waits in the queue", async (t) => {
  const file = await heartbeatFile(t);
  const clock = new VirtualClock();
  const posted: Event[] = [];
  const watchdog = openWatchdog(file);
  t.after(() => watchdog.close());
  watchdog.start(clock, (event) => posted.push(event));
  clock.advance(ms(3000));
  assert.equal(posted.filter(isHeartbeat).length, 4);
  assert.equal(await readFile(file, "latin1"), "");
  for (const _ of posted) watchdog.perform({ world: "watchdog", kind: "feed" });
  assert.deepEqual(await linesOf(file), ["4", "-", ""]);
});

test("the file names the event in hand, and nothing once it is done, also when its handler throws", async (t) => {
  const file = await heartbeatFile(t);
  const watchdog = openWatchdog(file);
  let seen = "";
  assert.throws(() =>
    watchdog.watching(loaded, () => {
      seen = readFileSync(file, "latin1");
      throw new Error("a handler");
    }),
  );
  assert.match(seen, /^0 +\nstore loaded +\n$/);
  assert.equal((await linesOf(file))[1], "-");
  watchdog.close();
  assert.equal(
    watchdog.watching(loaded, () => 7),
    7,
  );
});

test("while the queue is frozen the file says so and grows by itself, and afterwards it waits for answers again", async (t) => {
  const file = await heartbeatFile(t);
  const clock = new VirtualClock();
  const posted: Event[] = [];
  const watchdog = openWatchdog(file);
  t.after(() => watchdog.close());
  watchdog.start(clock, (event) => posted.push(event));
  watchdog.frozen(true);
  clock.advance(ms(3000));
  assert.deepEqual([posted.length, await linesOf(file)], [1, ["3", "frozen", ""]]);
  watchdog.watching(loaded, () => assert.match(readFileSync(file, "latin1"), /^3 +\nstore loaded +\n$/));
  assert.equal((await linesOf(file))[1], "frozen", "a single step is over");
  watchdog.frozen(false);
  clock.advance(ms(2000));
  assert.deepEqual([posted.length, await linesOf(file)], [3, ["3", "-", ""]]);
});

test("without a file, or with one that is not there, no heartbeat is posted and events pass", () => {
  const clock = new VirtualClock();
  for (const file of [null, "/nonexistent/heartbeat"]) {
    const watchdog = openWatchdog(file);
    watchdog.start(clock, () => assert.fail("a heartbeat"));
    assert.equal(clock.pending, 0);
    assert.equal(
      watchdog.watching(loaded, () => 7),
      7,
    );
    watchdog.close();
  }
});
