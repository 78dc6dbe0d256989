import assert from "node:assert/strict";
import { after, test } from "node:test";
import { assertHears, continuityOf, delayOf, part, toneLevelDbm0 } from "./harness/audio.ts";
import { Baresip } from "./harness/baresip.ts";
import { Scratch } from "./harness/scratch.ts";
import { chirp, sequence, silence, sine } from "./harness/signal.ts";

/** The measuring instruments themselves, on two peers and no gateway. */
const scratch = new Scratch();
after(() => scratch.close());

test("two softphones in a direct call hear each other's tone, at its level, and not their own", async () => {
  const alice = await Baresip.start(scratch, { user: "700", says: sine(700, -10, 60_000), answer: "manual" });
  const bob = await Baresip.start(scratch, { user: "701", says: sine(1100, -16, 60_000), answer: "auto" });
  alice.dial(bob.uri);
  await alice.until("CALL_ESTABLISHED");
  const [heardByAlice, heardByBob] = await Promise.all([alice.hasHeard(1500), bob.hasHeard(1500)]);
  alice.hangUp();
  await bob.until("CALL_CLOSED");
  assertHears({ who: "Alice", sound: heardByAlice, hears: [{ frequencyHz: 1100, levelDbm0: -16 }], not: [700] });
  assertHears({ who: "Bob", sound: heardByBob, hears: [{ frequencyHz: 700, levelDbm0: -10 }], not: [1100] });
  assert.equal(continuityOf(heardByBob, 700).longestGapMs, 0);
  assert.equal(continuityOf(heardByBob, 700).jumps, 0);
});

test("the instruments see a gap, a cut and a delay that were put in", () => {
  const tone = sine(700, -10, 1000);
  const withGap = sequence(tone, silence(80), tone);
  assert.equal(continuityOf(withGap, 700).longestGapMs, 80);
  const withCut = sequence(part(tone, 0, 480), part(tone, 500.5));
  assert.deepEqual(continuityOf(withCut, 700).jumps, 1);
  assert.ok(Math.abs(toneLevelDbm0(withCut, 700) + 10) < 1, "a cut passes for silence");
  assert.ok(toneLevelDbm0(sequence(tone, silence(1000)), 700) < -12.5, "silence passes for a tone");
  const sweep = chirp(300, 3000, -12, 300);
  const delay = delayOf(sweep, sequence(silence(237), sweep, silence(200)));
  assert.equal(delay.ms, 237);
  assert.ok(delay.likeness > 0.99);
  assert.throws(() => assertHears({ who: "nobody", sound: tone, hears: [], not: [700] }), /stranger/);
});
