import assert from "node:assert/strict";
import { test } from "node:test";
import { ms } from "../../src/message/units.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { watch } from "../../src/voice/watchdog.ts";

test("ticks that stand still for two seconds are noticed once", () => {
  const clock = new VirtualClock();
  let ticks = 0;
  let stuck = 0;
  watch(
    () => ticks,
    clock,
    () => stuck++,
  );
  for (let second = 0; second < 10; second++) {
    ticks += 50;
    clock.advance(ms(1000));
  }
  assert.equal(stuck, 0);
  clock.advance(ms(1000));
  assert.equal(stuck, 0, "one second may be a machine that slept");
  clock.advance(ms(10_000));
  assert.equal(stuck, 1);
  assert.equal(clock.pending, 0);
});

test("a watchdog that is stopped leaves no timer", () => {
  const clock = new VirtualClock();
  const watchdog = watch(
    () => 0,
    clock,
    () => assert.fail("stopped"),
  );
  watchdog.stop();
  clock.advance(ms(10_000));
  assert.equal(clock.pending, 0);
});
