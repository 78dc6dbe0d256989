import assert from "node:assert/strict";
import { test } from "node:test";
import { causes } from "../../src/message/cause.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { World } from "./world.ts";

const tight = { world: "admin", kind: "memory", state: "tight" } as const;
const easy = { world: "admin", kind: "memory", state: "easy" } as const;

function facts(world: World): string[] {
  return world.commands.flatMap((c) => (c.world === "notify" && c.fact.kind === "memoryChanged" ? [c.fact.state] : []));
}

test("while memory is tight a call from outside is refused with 503, rings nobody, and is in the log as missed", () => {
  const world = new World();
  world.post(tight);
  const from = world.commands.length;
  const leg = world.invite("611");
  assert.deepEqual(world.sip(leg), ["release noResources"]);
  assert.equal(causes.noResources.sip, 503);
  assert.ok(!world.commands.slice(from).some((c) => c.world === "dect"));
  assert.deepEqual([world.record?.result, world.record?.cause], ["missed", "noResources"]);
  world.nothingLeft();
});

test("while memory is tight a phone hears congestion after dialling, and an emergency call goes out", () => {
  const world = new World();
  world.post(tight);
  world.dial("port:1", "611");
  assert.equal(world.tones("usb:dongle:1:0").at(-1), "congestion");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  world.dial("port:1", "112");
  assert.equal(world.invited().to, "112");
});

test("a call that is up goes on while memory is tight, and new ones are taken when it is easy again", () => {
  const world = new World();
  const leg = world.invite("690");
  world.post(tight);
  world.post(tight);
  world.pass(60_000);
  assert.deepEqual(
    world.upper.view().calls.map((call) => call.state),
    ["answered"],
  );
  assert.equal(world.upper.view().memory, "tight");
  world.post(easy);
  const later = world.invite("690");
  assert.deepEqual(world.sip(later), world.sip(leg));
  assert.deepEqual(facts(world), ["tight", "easy"]);
});

test("a journal that begins while memory is tight replays the refusal", () => {
  const world = new World();
  world.post(tight);
  const fresh = new UpperHalf();
  for (const event of world.upper.restart(world.events.at(-1)?.at ?? assert.fail())) fresh.handle(event);
  const from = world.commands.length;
  const events = world.events.length;
  world.invite("611");
  assert.deepEqual(
    world.events.slice(events).flatMap((event) => fresh.handle(event)),
    world.commands.slice(from),
  );
});

test("a heartbeat is answered, and changes nothing", () => {
  const world = new World();
  const before = world.upper.snapshot();
  assert.deepEqual(world.post({ world: "admin", kind: "heartbeat" }), [{ world: "watchdog", kind: "feed" }]);
  assert.equal(world.upper.snapshot(), before);
});
