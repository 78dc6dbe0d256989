import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Capsules } from "../../src/capsules.ts";
import type { Event } from "../../src/message/event.ts";
import type { CallId } from "../../src/message/name.ts";
import { replayJournal } from "../../src/replay.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { World } from "../logic/world.ts";
import { folder, journalText } from "./journal-of.ts";

test("marked calls are saved under pseudonyms, the ten newest are kept, and what is in no recording is answered with why", async (t) => {
  const dir = await folder(t);
  const world = new World();
  world.post({ world: "sip", kind: "cancelled", line: "line:local", leg: world.invite("611", "0301987654") });
  let flushed = 0;
  let heard: (event: Event) => void = () => {};
  const capsules = new Capsules(dir, {
    clock: new VirtualClock(1_795_000_000_000),
    post: (event) => heard(event),
    flush: () => {
      flushed += 1;
    },
  });
  const save = (call: CallId) =>
    new Promise<Event>((resolve) => {
      heard = resolve;
      capsules.save({ world: "store", kind: "saveCapsule", call, asked: "call:99" });
    });
  await writeFile(join(dir, "journal-000001.jsonl"), journalText(world.events));
  for (let times = 1; times <= 12; times++) {
    const answer = await save("call:1");
    assert.ok(answer.world === "store" && answer.kind === "capsuleSaved");
    assert.deepEqual([answer.asked, answer.reason], ["call:99", null]);
    assert.equal(flushed, times);
  }
  const files = (await readdir(dir)).filter((file) => file.startsWith("capsule-")).sort();
  assert.deepEqual([files.length, files[0], files.at(-1)], [10, "capsule-000003.jsonl", "capsule-000012.jsonl"]);
  assert.equal((await replayJournal(join(dir, "capsule-000012.jsonl"))).divergence, null);
  const missing = await save("call:7");
  assert.ok(missing.world === "store" && missing.kind === "capsuleSaved");
  assert.match(missing.reason ?? "", /call:7 is in no recording/);
});
