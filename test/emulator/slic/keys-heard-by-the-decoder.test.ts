import assert from "node:assert/strict";
import { test } from "node:test";
import { renderKey } from "../../../src/emulator/mouth/sines.ts";
import { dtmfOf } from "../../../src/emulator/slic/dtmf.ts";
import { DtmfDecoder } from "../../../src/emulator/slic/dtmf-decoder.ts";
import type { Digit } from "../../../src/message/name.ts";
import { coded, frames, joined, mixed, recordings, silence } from "../sounds.ts";

const keys: readonly Digit[] = [..."0123456789*#ABCD"] as Digit[];

function decode(sound: Int16Array): string {
  const decoder = new DtmfDecoder();
  return frames(joined(sound, silence(60)))
    .flatMap((frame) => [...decoder.hear(coded("PCMA", frame))])
    .join("");
}

interface Press {
  readonly lowDbm0?: number;
  readonly highDbm0?: number;
  readonly lowOff?: number;
  readonly highOff?: number;
  readonly onMs?: number;
}

function press(key: Digit, { lowDbm0 = -11, highDbm0 = -9, lowOff = 0, highOff = 0, onMs = 50 }: Press): Int16Array {
  const { low, high } = dtmfOf(key);
  return mixed(
    [
      { frequencyHz: low * (1 + lowOff), levelDbm0: lowDbm0 },
      { frequencyHz: high * (1 + highOff), levelDbm0: highDbm0 },
    ],
    onMs,
  );
}

/** All keys, each begun at another place within the decoder's block. */
function dialled(how: Press, pauseMs = 50): string {
  return decode(joined(...keys.flatMap((key, n) => [new Int16Array(7 * n), press(key, how), silence(pauseMs)])));
}

const all = keys.join("");

test("every key that the mouth sounds is heard once", () => {
  assert.equal(decode(joined(...keys.map(renderKey))), all);
});

test("40 ms on and 40 ms off are enough", () => {
  assert.equal(dialled({ onMs: 40 }, 40), all);
});

test("23 ms are too short for a key", () => {
  assert.equal(dialled({ onMs: 23 }), "");
});

test("levels from 0 to -25 dBm0 per tone are heard", () => {
  for (const level of [-3, -10, -18, -25]) assert.equal(dialled({ lowDbm0: level, highDbm0: level }), all, `${level}`);
});

test("twist of +3.5 and -7.5 dB is accepted, +6 and -10 dB is not", () => {
  assert.equal(dialled({ lowDbm0: -12, highDbm0: -8.5 }), all);
  assert.equal(dialled({ lowDbm0: -8, highDbm0: -15.5 }), all);
  assert.equal(dialled({ lowDbm0: -14, highDbm0: -8 }), "");
  assert.equal(dialled({ lowDbm0: -8, highDbm0: -18 }), "");
});

test("frequencies 1.5 % off are accepted, 3.5 % off are not", () => {
  for (const [lowOff, highOff] of [
    [0.015, 0.015],
    [-0.015, -0.015],
    [0.015, -0.015],
  ] as const)
    assert.equal(dialled({ lowOff, highOff }), all, `${lowOff} ${highOff}`);
  for (const [lowOff, highOff] of [
    [0.035, 0],
    [-0.035, 0],
    [0, 0.035],
    [0, -0.035],
  ] as const)
    assert.equal(dialled({ lowOff, highOff, onMs: 80 }), "", `${lowOff} ${highOff}`);
});

test("a key held long is one key, also with a gap of 10 ms in it", () => {
  assert.equal(decode(press("5", { onMs: 2000 })), "5");
  assert.equal(decode(joined(press("5", {}), silence(10), press("5", {}))), "5");
});

test("the echo of the dial tone beneath does not hide a key", () => {
  const key = press("7", { onMs: 60 });
  const dialTone = mixed([{ frequencyHz: 425, levelDbm0: -32 }], 60);
  assert.equal(decode(key.map((sample, n) => sample + (dialTone[n] ?? 0))), "7");
});

test("a single tone of a pair is no key", () => {
  assert.equal(decode(mixed([{ frequencyHz: 770, levelDbm0: -8 }], 200)), "");
});

test("talk-off: real speech and music in five languages never make a key", () => {
  for (const { name, samples } of recordings("speech-8k", "music-8k")) assert.equal(decode(samples), "", name);
});
