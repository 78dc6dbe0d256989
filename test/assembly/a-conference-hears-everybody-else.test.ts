import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KNEE, MIX_STATE } from "../../assembly/mix/state.ts";
import { KernelRig } from "./kernel-rig.ts";
import { randomFrom } from "./rtp.ts";

const FRAME = 160;
const speechFolder = new URL("../../../shared/vectors/audio/speech-8k/", import.meta.url);

class Conference {
  readonly rig = new KernelRig();
  readonly state = this.rig.take(MIX_STATE);
  limited = 0;
  readonly #parts = this.rig.take(64);
  readonly #outs = this.rig.take(64);
  readonly #in = Array.from({ length: 16 }, () => this.rig.take(2 * FRAME));
  readonly #out = Array.from({ length: 16 }, () => this.rig.take(2 * FRAME));

  constructor() {
    this.rig.call("mixOpen", this.state);
  }

  /** What each party hears; null = silent. */
  frame(parties: readonly (Int16Array | null)[], heard: readonly boolean[] = parties.map(() => true)): Int16Array[] {
    for (const [n, samples] of parties.entries()) {
      const at = this.#in[n] ?? 0;
      if (samples !== null) this.rig.samples(at, FRAME).set(samples);
      this.rig.words(this.#parts, 16)[n] = samples === null ? 0 : at;
      this.rig.words(this.#outs, 16)[n] = heard[n] === true ? (this.#out[n] ?? 0) : 0;
      this.rig.samples(this.#out[n] ?? 0, FRAME).fill(12_345);
    }
    this.limited += this.rig.call("mixFrame", this.state, this.#parts, parties.length, this.#outs, FRAME);
    return parties.map((_, n) => Int16Array.from(this.rig.samples(this.#out[n] ?? 0, FRAME)));
  }
}

function sums(parties: readonly (Int16Array | null)[]): number[][] {
  return parties.map((_, own) =>
    Array.from({ length: FRAME }, (_, n) =>
      parties.reduce((sum, samples, other) => sum + (other === own ? 0 : (samples?.[n] ?? 0)), 0),
    ),
  );
}

function noise(random: () => number, peak: number): Int16Array {
  return Int16Array.from({ length: FRAME }, () => Math.round((2 * random() - 1) * peak));
}

function speech(name: string): Int16Array {
  const file = readFileSync(new URL(name, speechFolder));
  return new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + (file.length & ~1)));
}

test("3 to 16 parties hear the exact sum of the others", () => {
  const random = randomFrom(1);
  for (let n = 1; n <= 16; n++) {
    const conference = new Conference();
    for (let frame = 0; frame < 5; frame++) {
      const parties = Array.from({ length: n }, () => noise(random, KNEE / 16));
      const heard = conference.frame(parties);
      for (const [own, sum] of sums(parties).entries()) assert.deepEqual([...(heard[own] ?? [])], sum, `party ${own}`);
    }
    assert.equal(conference.limited, 0);
  }
});

test("the silent are not heard, hear everybody, and nobody is written to who does not listen", () => {
  const random = randomFrom(2);
  const conference = new Conference();
  const parties = [noise(random, 2000), null, noise(random, 2000), null, noise(random, 2000)];
  const heard = conference.frame(parties, [true, true, false, true, true]);
  const wanted = sums(parties);
  for (const own of [0, 1, 3, 4]) assert.deepEqual([...(heard[own] ?? [])], wanted[own], `party ${own}`);
  assert.ok(heard[2]?.every((sample) => sample === 12_345));
});

test("a sum that only looks too great is exact all the same", () => {
  const conference = new Conference();
  const loud = Int16Array.from({ length: FRAME }, (_, n) => (n & 1 ? 20_000 : -20_000));
  const against = loud.map((sample) => -sample);
  const parties = [loud, against, new Int16Array(FRAME)];
  const heard = conference.frame(parties);
  for (const [own, sum] of sums(parties).entries()) assert.deepEqual([...(heard[own] ?? [])], sum);
  assert.equal(conference.limited, 0);
});

test("sixteen at full scale stay within full scale, with the right sign, and no gain comes back within a frame", () => {
  const conference = new Conference();
  const square = Int16Array.from({ length: FRAME }, (_, n) => ((n >> 4) & 1 ? 32_767 : -32_768));
  for (let frame = 0; frame < 10; frame++) {
    for (const samples of conference.frame(Array.from({ length: 16 }, () => square)))
      for (const [n, sample] of samples.entries()) {
        assert.equal(sample > 0, (square[n] ?? 0) > 0);
        assert.ok(Math.abs(sample) >= 29_990, `${sample}`);
      }
  }
  assert.equal(conference.limited, 10);
});

test("after an overload the level comes back smoothly, within a second and to the bit", () => {
  const conference = new Conference();
  const loud = Int16Array.from({ length: FRAME }, (_, n) => Math.round(30_000 * Math.sin((2 * Math.PI * n) / 16)));
  const soft = loud.map((sample) => Math.round(sample / 10));
  conference.frame([loud, loud, loud]);
  let before = 0;
  for (let frame = 0; frame < 50; frame++) {
    const [heard] = conference.frame([soft, soft, soft]);
    const peak = Math.max(...(heard?.subarray(80) ?? []));
    assert.ok(peak >= before && (before === 0 || peak < before * 1.05), `${before} then ${peak}`);
    before = peak;
  }
  assert.deepEqual([...(conference.frame([soft, soft, soft])[0] ?? [])], sums([soft, soft, soft])[0]);
});

test("three people who speak at the same time at -20 dBov are never limited: nothing pumps", () => {
  const conference = new Conference();
  const voices = ["en-agent-pass.wav", "en-conf-invalid.wav", "en-auth-incorrect.wav"].map((name) =>
    speech(name).map((sample) => Math.round(sample * 0.8)),
  );
  const frames = Math.min(...voices.map((voice) => Math.floor(voice.length / FRAME)));
  for (let n = 0; n < frames; n++) {
    const parties = voices.map((voice) => voice.subarray(n * FRAME, (n + 1) * FRAME));
    const heard = conference.frame(parties);
    for (const [own, sum] of sums(parties).entries()) assert.deepEqual([...(heard[own] ?? [])], sum);
  }
  assert.ok(frames > 100);
  assert.equal(conference.limited, 0);
});
