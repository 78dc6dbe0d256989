import assert from "node:assert/strict";
import { test } from "node:test";
import { EarlyAndLate } from "../../src/voice/early-and-late.ts";
import { Remote } from "../../src/voice/remote.ts";

const alice = { address: "192.0.2.1", port: 4000 };
const stranger = { address: "192.0.2.9", port: 4000 };

test("what a far end sends until two seconds after its call is late, and then a stranger's", () => {
  const around = new EarlyAndLate();
  around.closed(3, new Remote(alice), 1000);
  assert.ok(around.isLate(3, "rtp", alice, 2999));
  assert.ok(around.isLate(3, "rtcp", { ...alice, port: 4001 }, 2999));
  assert.ok(!around.isLate(4, "rtp", alice, 2999), "on another stream");
  assert.ok(!around.isLate(3, "rtp", stranger, 2999));
  assert.ok(!around.isLate(3, "rtp", alice, 3001));
});

test("what comes before the stream opens for its sender is forgotten, the rest is a stranger's after two seconds", () => {
  const around = new EarlyAndLate();
  for (let n = 0; n < 3; n++) assert.ok(around.mayBeEarly(3, "rtp", alice, 1000 + n));
  for (let n = 0; n < 2; n++) assert.ok(around.mayBeEarly(3, "rtp", stranger, 1000 + n));
  around.opened(3, new Remote(alice));
  assert.deepEqual(around.takeStrangers(2999), []);
  assert.deepEqual(around.takeStrangers(3003), [{ from: stranger, times: 2 }]);
  assert.deepEqual(around.takeStrangers(9000), [], "told once");
});

test("a flood from many addresses is not waited for", () => {
  const around = new EarlyAndLate();
  const taken = Array.from({ length: 500 }, (_, n) => around.mayBeEarly(3, "rtp", { ...stranger, port: 1000 + n }, 0));
  assert.equal(taken.filter((waits) => waits).length, 64);
});

test("for two seconds a stream's next call can tell the voice of the call before, wherever that came from", () => {
  const around = new EarlyAndLate();
  const gone = new Remote(alice);
  gone.accepts({ ...alice, port: 4444 });
  around.closed(3, gone, 1000);
  assert.ok(around.isOfCallBefore(3, { ...alice, port: 4444 }, 2999));
  assert.ok(!around.isOfCallBefore(3, { ...alice, port: 4446 }, 2999), "another port of the same address");
  assert.ok(!around.isOfCallBefore(4, { ...alice, port: 4444 }, 2999), "on another stream");
  assert.ok(!around.isOfCallBefore(3, { ...alice, port: 4444 }, 3001));
});
