import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digit } from "../../src/message/name.ts";
import { KernelRig } from "./kernel-rig.ts";
import { KeyListener, keypad, keySound, saturate } from "./key-sound.ts";
import { Rig } from "./rig.ts";
import { randomFrom } from "./rtp.ts";

const rig = new KernelRig();
/** assembly/codec/g726-state.ts, G726_STATE. */
const g726State = 64;
const listener = new KeyListener(rig);
/** spandsp's generator: -10 dBm0 both, 50 ms and 55 ms of silence; ETSI's shortest: 65 and 65 ms, 2 dB apart. */
const styles = [
  { name: "spandsp", on: 50, off: 55, lowDbm0: -10, highDbm0: -10 },
  { name: "ETSI", on: 65, off: 65, lowDbm0: -11, highDbm0: -9 },
  { name: "a fast dialler", on: 40, off: 40, lowDbm0: -6, highDbm0: -6 },
  { name: "a far telephone", on: 45, off: 45, lowDbm0: -26, highDbm0: -32 },
] as const;

function dialled(style: (typeof styles)[number]): Int16Array {
  const { on, off, lowDbm0, highDbm0 } = style;
  const sounds = [...keypad].map((key, seed) =>
    keySound({ key, ms: on, beforeMs: 0, afterMs: off, lowDbm0, highDbm0, seed }).subarray(0, (on + off) * 8),
  );
  return Int16Array.from([...sounds.flatMap((sound) => [...sound]), ...new Array<number>(800).fill(0)]);
}

function throughLaw(samples: Int16Array, law: "Pcma" | "Pcmu"): Int16Array {
  const at = rig.take(2 * samples.length);
  const octets = rig.take(samples.length);
  rig.samples(at, samples.length).set(samples);
  rig.call(`encode${law}`, at, octets, samples.length);
  rig.call(`decode${law}`, octets, at, samples.length);
  return rig.samples(at, samples.length).slice();
}

function throughG726(samples: Int16Array): Int16Array {
  const at = rig.take(2 * samples.length);
  const octets = rig.take(samples.length);
  const [encoder, decoder] = [rig.take(g726State), rig.take(g726State)];
  rig.samples(at, samples.length).set(samples);
  rig.call("g726EncodeOpen", encoder);
  rig.call("g726DecodeOpen", decoder);
  rig.call("g726Encode", encoder, at, octets, samples.length);
  rig.call("g726Decode", decoder, octets, at, samples.length);
  return rig.samples(at, samples.length).slice();
}

for (const style of styles) {
  test(`all keys as ${style.name} sends them are heard, before and behind G.711`, () => {
    const sound = dialled(style);
    assert.equal(listener.keys(sound), keypad);
    assert.equal(listener.keys(throughLaw(sound, "Pcma")), keypad);
    assert.equal(listener.keys(throughLaw(sound, "Pcmu")), keypad);
    assert.equal(listener.keys(throughLaw(throughLaw(sound, "Pcma"), "Pcmu")), keypad);
  });

  test(`all keys as ${style.name} sends them are heard behind G.726 at 32 kbit/s, and behind two of them`, () => {
    const once = throughG726(dialled(style));
    assert.equal(listener.keys(once), keypad);
    assert.equal(listener.keys(throughG726(throughLaw(once, "Pcma"))), keypad);
  });
}

test("the keys this gateway sounds to a phone are the keys it hears, the softest too", () => {
  const voice = new Rig();
  voice.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  const heard: number[] = [];
  for (const key of keypad) {
    voice.perform({ kind: "sendDigit", endpoint: "usb:dongle:1:0", digit: key as Digit, durationMs: 60 }); // each is one
    for (let n = 0; n < 7; n++) heard.push(...(voice.tickSamples(0) ?? []));
  }
  const sound = Int16Array.from(heard);
  assert.equal(listener.keys(sound), keypad);
  assert.equal(listener.keys(sound.map((sample) => Math.round(sample * 0.1778))), keypad);
});

test("a key is heard over noise of the spectrum of speech, 20 dB softer", () => {
  const random = randomFrom(9);
  let voice = 0;
  for (const key of keypad) {
    const sound = keySound({ key, ms: 80 }).map((sample) => {
      // Noise of the long-term spectrum of speech: most of it below 700 Hz.
      voice = voice * 0.85 + 1100 * (random() - 0.5);
      return saturate(sample + voice);
    });
    assert.equal(listener.keys(sound), key);
  }
});
