import assert from "node:assert/strict";
import { test } from "node:test";
import { NOISE_STATE } from "../../assembly/noise/state.ts";
import { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";
import { spectralDistance } from "./spectral-distance.ts";

const FRAME = 160;

/** Comfort noise of one channel: what it hears, tells, is told and plays. */
class Noise {
  readonly rig = new KernelRig();
  readonly state = this.rig.take(NOISE_STATE);
  readonly #sid = this.rig.take(64);
  readonly #frame = this.rig.take(FRAME * 2);

  constructor(seed = 1) {
    this.rig.call("noiseOpen", this.state, seed);
  }

  take(...sid: readonly number[]): number {
    this.rig.octets(this.#sid, 64).set(sid);
    return this.rig.call("noiseTake", this.state, this.#sid, sid.length);
  }

  make(): number[] {
    const length = this.rig.call("noiseMake", this.state, this.#sid);
    return [...this.rig.octets(this.#sid, length)];
  }

  hear(samples: Int16Array): void {
    for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
      this.rig.samples(this.#frame, FRAME).set(samples.subarray(at, at + FRAME));
      this.rig.call("noiseHear", this.state, this.#frame, FRAME);
    }
  }

  play(frames: number): Int16Array {
    const played = new Int16Array(frames * FRAME);
    for (let n = 0; n < frames; n++) {
      this.rig.call("noiseFrame", this.state, this.#frame, FRAME);
      played.set(this.rig.samples(this.#frame, FRAME), n * FRAME);
    }
    return played;
  }
}

/** dB below a square wave at full scale. */
function dBov(samples: Int16Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(Math.max(power, 1e-9) / 32768 ** 2);
}

/** Gaussian enough, through filters of one pole each: `poles` between -1 and 1. */
function background(rms: number, poles: readonly number[], length: number): Int16Array {
  const random = randomFrom(11);
  const values = Float64Array.from({ length }, () => random() + random() + random() - 1.5);
  for (const pole of poles) for (let n = 1; n < length; n++) values[n] = (values[n] ?? 0) + pole * (values[n - 1] ?? 0);
  const scale = rms / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / length);
  return Int16Array.from(values, (value) => Math.round(value * scale));
}

test("a SID frame of level alone gives white noise of that level", () => {
  for (const level of [20, 35, 50, 65, 75]) {
    const noise = new Noise();
    assert.equal(noise.take(level), 1);
    noise.play(10);
    const played = noise.play(100);
    assert.ok(Math.abs(dBov(played) + level) < 0.5, `${dBov(played)} dBov, told ${-level}`);
    const half = played.subarray(0, 8000);
    const { dB } = spectralDistance(half, background(10 ** (-level / 20) * 32768, [], 8000), () => true);
    assert.ok(level > 60 || dB < 6, `not white at ${-level}: ${dB} dB`);
  }
});

test("coefficients do not change the level, whichever they are", () => {
  const random = randomFrom(5);
  for (let n = 0; n < 20; n++) {
    const noise = new Noise(n);
    noise.take(40, ...Array.from({ length: 10 }, () => 27 + Math.floor(random() * 200)));
    noise.play(50);
    assert.ok(Math.abs(dBov(noise.play(400)) + 40) < 2);
  }
});

test("the far end's background is told with its level and heard with its spectrum", () => {
  for (const poles of [[], [0.9], [-0.8], [0.9, 0.7], [0.95, -0.6]]) {
    const real = background(200, poles, 16_000);
    const near = new Noise();
    near.hear(real);
    const sid = near.make();
    assert.equal(sid.length, 11);
    assert.ok(Math.abs(-(sid[0] ?? 0) - dBov(real)) <= 1.5, `told ${sid[0]}, is ${dBov(real)}`);
    const far = new Noise(2);
    far.take(...sid);
    far.play(20);
    const { dB } = spectralDistance(far.play(100), real, () => true);
    assert.ok(dB < 4, `poles ${poles}: ${dB} dB`);
  }
});

test("noise below 1 kHz has a first coefficient below zero: A(z) = 1 + k z^-1", () => {
  const near = new Noise();
  near.hear(background(300, [0.9], 3200));
  const [, first = 0] = near.make();
  assert.ok(Math.abs((first - 127) * (258 / 32768) + 0.9) < 0.05, `${first}`);
});

test("nothing heard is told as silence", () => {
  const noise = new Noise();
  assert.deepEqual(noise.make(), [127]);
  noise.hear(new Int16Array(1600));
  assert.deepEqual(noise.make(), [127]);
});

test("level 127 fades to nothing", () => {
  const noise = new Noise();
  noise.take(30);
  noise.play(10);
  noise.take(127);
  noise.play(50);
  assert.ok(noise.play(5).every((sample) => sample === 0));
});

test("a new level is glided to: 20 dB take longer than 20 ms and less than 140", () => {
  for (const [from, to] of [
    [60, 40],
    [40, 60],
  ] as const) {
    const noise = new Noise();
    noise.take(from);
    noise.play(20);
    noise.take(to);
    const soon = dBov(noise.play(1));
    noise.play(6);
    const late = dBov(noise.play(5));
    assert.ok(Math.abs(soon + to) > 3 && Math.abs(late + to) < 2, `from ${-from} to ${-to}: ${soon}, then ${late}`);
  }
});

test("no SID frame that anybody can send makes noise louder than full scale allows, or stops it", () => {
  const random = randomFrom(99);
  const noise = new Noise();
  for (let n = 0; n < 2000; n++) {
    const length = Math.floor(random() * 14);
    const sid = Array.from({ length }, (_, at) => Math.floor(random() * (at === 0 ? 160 : 256)));
    const bad = length === 0 || (sid[0] ?? 0) > 127 || sid.slice(1, 11).includes(255);
    assert.equal(noise.take(...sid), bad ? 0 : 1);
    noise.play(2);
  }
  noise.take(40);
  noise.play(50);
  assert.ok(Math.abs(dBov(noise.play(100)) + 40) < 0.5);
});

test("coefficients at their extremes make it no louder than was told", () => {
  for (const octet of [0, 254]) {
    const noise = new Noise();
    noise.take(40, ...Array.from({ length: 10 }, () => octet));
    for (let n = 0; n < 40; n++) {
      const level = dBov(noise.play(50));
      assert.ok(level < -37, `${level} dBov with ${octet}`);
    }
  }
});

test("two channels with different seeds play different noise, with one seed the same", () => {
  const [one, same, other] = [3, 3, 4].map((seed) => {
    const noise = new Noise(seed);
    noise.take(40, 60, 140);
    return noise.play(20);
  });
  assert.deepEqual(one, same);
  assert.notDeepEqual(one, other);
});
