/** A key that is sent as an event is not to be heard as well (RFC 4733 §2.1): another detector would count it twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelRig } from "./kernel-rig.ts";
import { KeyListener, keypad, keySound } from "./key-sound.ts";
import { speech } from "./speech.ts";

const rig = new KernelRig();
const listener = new KeyListener(rig);
const MODES = { listen: 0, blank: 1, blankLate: 2 } as const;
const BLOCK = 80;

/** What is left of keys that begin at every place in a frame, ms; and whether any of it is heard as a key. */
function leaks(mode: number, frame: number, off = 0): { readonly worst: number; readonly mean: number } {
  const blanking = new KeyListener(rig, frame);
  const left: number[] = [];
  for (let place = 0; place < 160; place += 5) {
    const key = keypad.charAt(place % 16);
    const sound = keySound({ key, ms: 80, beforeMs: 60 + place / 8, lowOff: off, highOff: -off, seed: place + 1 });
    const after = new Int16Array(sound.length);
    assert.equal(blanking.listen(sound, mode, after).length, 2);
    left.push(after.filter((sample) => sample !== 0).length / 8);
    assert.equal(listener.keys(after), "");
  }
  return { worst: Math.max(...left), mean: left.reduce((sum, one) => sum + one, 0) / left.length };
}

test("in place, at most 9 ms of a key are left, in frames of 20 ms less than 2 on average", (t) => {
  for (const off of [0, 0.015]) {
    const { worst, mean } = leaks(MODES.blank, 160, off);
    assert.ok(worst < 9 && mean < 2, `worst ${worst} ms, mean ${mean} ms, ${off} off`);
    const short = leaks(MODES.blank, BLOCK, off);
    assert.ok(short.worst < 9 && short.mean < 4, `worst ${short.worst} ms, mean ${short.mean} ms, ${off} off`);
    t.diagnostic(
      `${off * 100} % off: 20 ms frames ${worst} (mean ${mean.toFixed(1)}), 10 ms ${short.worst} (${short.mean.toFixed(1)})`,
    );
  }
});

test("with a delay of 10 ms less than 2 ms of a key are left", (t) => {
  for (const frame of [BLOCK, 160]) {
    const { worst, mean } = leaks(MODES.blankLate, frame, 0.015);
    assert.ok(worst < 2, `worst ${worst} ms`);
    t.diagnostic(`${frame / 8} ms frames: worst ${worst}, mean ${mean.toFixed(2)} ms`);
  }
});

test("listening leaves every sample as it was, blanking leaves speech, and the delay is just 10 ms", () => {
  let blanked = 0;
  let blocks = 0;
  for (const one of speech(8000, 8)) {
    const samples = one.subarray(0, one.length - (one.length % 160));
    const after = new Int16Array(samples.length);
    listener.listen(samples, MODES.listen, after);
    assert.deepEqual(after, samples);
    listener.listen(samples, MODES.blankLate, after);
    for (let at = BLOCK; at < samples.length; at += BLOCK, blocks++)
      if (Buffer.compare(octets(after, at), octets(samples, at - BLOCK)) !== 0) blanked++;
    listener.listen(samples, MODES.blank, after);
    for (let at = 0; at < samples.length; at += BLOCK)
      if (Buffer.compare(octets(after, at), octets(samples, at)) !== 0) blanked++;
  }
  assert.ok(blocks > 4000 && blanked <= blocks / 2000, `${blanked} of ${blocks} blocks of speech blanked`);
});

test("what follows a key is heard at once", () => {
  const sound = keySound({ key: "5", ms: 100, beforeMs: 60, afterMs: 200 });
  const speech = sound.map((sample, n) => (n >= 1280 ? 4000 * Math.sin(n * 0.3) * Math.sin(n * 0.011) : sample));
  const after = new Int16Array(speech.length);
  listener.listen(speech, MODES.blank, after);
  const lost = speech.subarray(1280).filter((sample, n) => sample !== 0 && after[1280 + n] === 0).length;
  assert.ok(lost <= 2 * BLOCK, `${lost / 8} ms of what follows are lost`);
});

function octets(samples: Int16Array, at: number): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset + 2 * at, 2 * BLOCK);
}
