import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuiltInFormat, rtpFormats } from "../../src/message/media.ts";
import { Coder, shapes } from "./coder.ts";
import { Rig } from "./rig.ts";
import { writeRtp } from "./rtp.ts";

const FRAMES = 60;
/** Frames until codecs and resamplers have settled, and the jitter buffer is through. */
const SETTLED = 20;
const HERTZ = 1000;
const PEAK = 8000;

/** A sine of 1 kHz, 20 ms of it, as a far end with this format has it. */
function sine(format: BuiltInFormat, n: number): Int16Array {
  const { rate } = shapes[format];
  const length = rate / 50;
  return Int16Array.from({ length }, (_, at) =>
    Math.round(PEAK * Math.sin((2 * Math.PI * HERTZ * (n * length + at)) / rate)),
  );
}

/** One far end talks to `streams` others, each joined to a talker of its own; what the listeners sent, stream by stream. */
function talk(from: BuiltInFormat, to: BuiltInFormat, pairs = 1, lose: (n: number) => boolean = () => false) {
  const rig = new Rig();
  const talker = new Coder(from);
  const heard = Array.from({ length: pairs }, (): { sequence: number; payload: Uint8Array }[] => []);
  const said: Uint8Array[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    rig.openRtp(2 * pair, from);
    rig.openRtp(2 * pair + 1, to);
    rig.join(`rtp:${2 * pair}`, `rtp:${2 * pair + 1}`);
  }
  for (let n = 0; n < FRAMES; n++) {
    const payload = talker.encode(sine(from, n));
    said.push(payload);
    const timestamp = n * (from === "L16/16000" ? 320 : 160);
    const payloadType = from === "PCMU" ? 0 : from === "PCMA" ? 8 : 96;
    for (let pair = 0; pair < pairs && !lose(n); pair++)
      rig.deliver(2 * pair, writeRtp({ payloadType, sequence: n, timestamp, payload }));
    for (const { stream, packet } of rig.tick()) if (stream % 2 === 1) heard[(stream - 1) / 2]?.push(packet);
  }
  return { said, heard };
}

/** Decibels between the sine of 1 kHz and everything else, and its level beside the one that was sent. */
function quality(samples: Int16Array, rate: number) {
  let [real, imaginary, all] = [0, 0, 0];
  samples.forEach((sample, n) => {
    real += sample * Math.cos((2 * Math.PI * HERTZ * n) / rate);
    imaginary += sample * Math.sin((2 * Math.PI * HERTZ * n) / rate);
    all += sample * sample;
  });
  const peak = (2 * Math.hypot(real, imaginary)) / samples.length;
  const wanted = (peak * peak * samples.length) / 2;
  return { gain: 20 * Math.log10(peak / PEAK), clean: 10 * Math.log10(wanted / Math.max(all - wanted, 1)) };
}

for (const from of rtpFormats) {
  for (const to of rtpFormats.filter((format) => format !== from)) {
    test(`${from} is heard as ${to}, as loud, and cleanly`, () => {
      const { heard } = talk(from, to);
      const listener = new Coder(to);
      const samples = (heard[0] ?? []).map(({ payload }) => {
        assert.equal(payload.length, shapes[to].octets);
        return [...listener.decode(payload)];
      });
      const { gain, clean } = quality(Int16Array.from(samples.slice(SETTLED).flat()), shapes[to].rate);
      assert.ok(Math.abs(gain) < 0.5, `${gain.toFixed(2)} dB`);
      assert.ok(clean > 25, `${clean.toFixed(1)} dB above all else`);
    });
  }

  test(`${from} passes to ${from} untouched`, () => {
    const { said, heard } = talk(from, from);
    const payloads = (heard[0] ?? []).slice(2).map(({ payload }) => payload);
    assert.deepEqual(payloads, said.slice(0, payloads.length));
  });
}

test("eleven channels of one codec, eight in the lanes and three more, send what one alone sends", () => {
  for (const [from, to] of [
    ["PCMA", "G722"],
    ["G722", "PCMU"],
    ["PCMA", "G726-32"],
    ["AAL2-G726-32", "PCMU"],
  ] as const) {
    const [alone] = talk(from, to).heard;
    for (const [pair, one] of talk(from, to, 11).heard.entries())
      assert.deepEqual(
        one.map(({ payload }) => payload),
        alone?.map(({ payload }) => payload),
        `${from} to ${to}, pair ${pair}`,
      );
  }
});

test("a frame of a recursive codec that was lost stays lost where it would pass untouched: its number is missing", () => {
  const { heard } = talk("G722", "G722", 1, (n) => n === 30);
  const numbers = (heard[0] ?? []).map(({ sequence }) => sequence);
  const gaps = numbers.slice(1).map((sequence, n) => (sequence - (numbers[n] ?? 0)) & 0xffff);
  assert.deepEqual([...new Set(gaps)].sort(), [1, 2]);
  assert.equal(gaps.filter((gap) => gap === 2).length, 1);
});
