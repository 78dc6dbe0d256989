import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ADAPT,
  after,
  compositeSource,
  DOUBLE_TALK,
  EchoLine,
  echoOf,
  enhancement,
  hybrid,
  NLP,
  noise,
  powerOf,
  SUPPRESSED,
  talk,
  together,
} from "./echo-line.ts";

const line = new EchoLine();
const far = line.companded(talk(["en-vm-intro", "fr-demo-thanks"], -18, 8));
const quiet = new Float64Array(24_000);

/** Speech from 3 to 6 s. */
function talker(dbm0: number): Float64Array {
  return after(quiet, talk(["es-agent-user", "it-options"], dbm0, 3));
}

/** G.168 test 3B: talk louder and softer than the echo. */
for (const tailMs of [16, 128])
  test(`whoever talks does not spoil a filter of ${tailMs} ms, however loud`, () => {
    const echo = echoOf(far, hybrid("D.2", 8, tailMs));
    for (const dbm0 of [-30, -18, -5]) {
      const near = line.companded(together(echo, talker(dbm0)));
      const alone = line.companded(echo);
      const still = line.cancel(far, alone, { tailMs }).samples;
      const { samples } = line.cancel(far, near, { tailMs });
      const [without, with_] = [enhancement(alone, still, 6.1, 7), enhancement(alone, samples, 6.1, 7)];
      assert.ok(with_ > without - 10, `${dbm0} dBm0: ${with_.toFixed(1)} dB, without talk ${without.toFixed(1)} dB`);
    }
  });

test("while both talk the echo is still 15 dB less, and the talk is untouched", () => {
  const echo = echoOf(far, hybrid("D.2", 8));
  const talking = talker(-15);
  const { samples } = line.cancel(far, line.companded(together(echo, talking)), { tailMs: 16 });
  assert.ok(
    enhancement(
      echo,
      Float64Array.from(samples, (one, n) => one - (talking[n] ?? 0)),
      3.1,
      5.9,
    ) > 15,
  );
  assert.ok(powerOf(samples, 3, 6, talking) < powerOf(talking, 3, 6) - 30);
});

/** G.168 test 3A in the large: composite sources of both sides from the first sample on. */
test("the path is learnt although somebody talks all the time", () => {
  const source = line.companded(compositeSource(6, -10, 1));
  const talking = compositeSource(6, -15, 2, true);
  const echo = echoOf(source, hybrid("D.5", 8));
  const { samples } = line.cancel(source, line.companded(together(echo, talking)), { tailMs: 16 });
  assert.ok(powerOf(echo, 3, 6) - powerOf(samples, 3, 6, talking) > 20);
});

test("talk passes the non-linear processor whole, and is told", () => {
  const talking = talker(-20);
  const near = line.companded(together(echoOf(far, hybrid("D.2", 8)), talking));
  const { samples, flags } = line.cancel(far, near, { tailMs: 16, enable: NLP | ADAPT });
  let [lost, all] = [0, 0];
  for (let frame = 150; frame < 300; frame++) {
    const power = 10 ** (powerOf(talking, frame / 50, (frame + 1) / 50) / 10);
    all += power;
    if (((flags[frame] ?? 0) & SUPPRESSED) !== 0) lost += power;
  }
  assert.ok(lost / all < 0.03, `${((100 * lost) / all).toFixed(2)} % of the talk was in suppressed frames`);
  assert.ok(powerOf(samples, 3, 6, talking) < -40);
  assert.ok(flags.slice(150, 300).filter((flag) => (flag & DOUBLE_TALK) !== 0).length > 75);
  assert.ok(flags.slice(100, 150).every((flag) => (flag & DOUBLE_TALK) === 0));
});

test("with noise as loud as the far end and no echo the filter adds less than a tenth of it", () => {
  const source = line.companded(noise(5, -10, 3));
  const hiss = line.companded(noise(5, -10, 4));
  const { samples } = line.cancel(source, hiss, { tailMs: 128 });
  assert.ok(powerOf(samples, 3, 5, hiss) < -20, `${powerOf(samples, 3, 5, hiss)} dBm0`);
});
