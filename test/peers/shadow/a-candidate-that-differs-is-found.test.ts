import assert from "node:assert/strict";
import { test } from "node:test";
import type { BuiltInFormat } from "../../../src/message/media.ts";
import { writeRtp } from "../../assembly/rtp.ts";
import { speech } from "../../assembly/speech.ts";
import { BesideRig } from "../../voice/shadow/beside-rig.ts";
import { builtVoice, type Change } from "../../voice/shadow/built.ts";
import { payloadTypeOf } from "../../voice/shadow/call.ts";
import { pcmuOf } from "../../voice/shadow/pcmu.ts";

const FRAMES = 400;
const said = speech(8000, 40)[0] ?? new Int16Array();
const isLost = (n: number) => n % 23 === 20;
const isLate = (n: number) => n % 31 === 7;

/** Real speech as µ-law with single losses, and packets that are a tick late. */
function call(module: WebAssembly.Module, payloads: readonly Uint8Array[], format: BuiltInFormat = "PCMU"): BesideRig {
  const beside = new BesideRig({ module });
  beside.openRtp(0, format);
  beside.rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  beside.rig.join("rtp:0", "usb:dongle:1:0");
  const packet = (n: number) =>
    writeRtp({
      payloadType: payloadTypeOf(format),
      sequence: n,
      timestamp: n * 160,
      payload: payloads[n] ?? new Uint8Array(),
    });
  for (let n = 0; n < FRAMES; n++) {
    if (n > 0 && isLate(n - 1)) beside.rig.deliver(0, packet(n - 1));
    if (!isLost(n) && !isLate(n)) beside.rig.deliver(0, packet(n));
    beside.tick();
  }
  assert.deepEqual(beside.differences, [], "the live module is not in doubt");
  return beside;
}

const payloads = Array.from({ length: FRAMES }, (_, n) => pcmuOf(said.subarray(160 * n, 160 * (n + 1))));

function built(...changes: Change[]): WebAssembly.Module {
  return new WebAssembly.Module(builtVoice(...changes));
}

test("a concealment that fades twice as fast differs in what was lost and where it is joined, and nowhere else", () => {
  const change = { file: "conceal/conceal.ts", from: "FADE_8K: i32 = 82;", to: "FADE_8K: i32 = 164;" };
  const { module } = call(built(change), payloads).sums;
  const lost = Array.from({ length: FRAMES }, (_, n) => n).filter(isLost).length;
  assert.ok(module.heard.different > 0 && module.heard.different <= 2 * lost, `${module.heard.different} of ${lost}`);
  assert.deepEqual([module.live, module.apart], [module.candidate, 0]);
});

test("a jitter buffer that is a frame deeper plays the same frames later, and the depth is told", () => {
  const change = {
    file: "jitter/depth.ts",
    from: "return max<i32>(load<i32>(HEADER_DEPTH_LEAST), ",
    to: "return 160 + max<i32>(load<i32>(HEADER_DEPTH_LEAST), ",
  };
  // The compiler's optimizations are left out, too: they change no bit.
  const { heard, live, candidate, apart } = call(built(change), payloads).sums.module;
  const deeper = candidate.bufferMs / candidate.frames - live.bufferMs / live.frames;
  assert.ok(Math.abs(deeper - 20) < 1, `${deeper} ms deeper`);
  assert.ok(heard.frames > FRAMES - 10 && heard.different === 0, `${heard.different} of ${heard.frames} differ`);
  assert.ok(apart <= 2, `${apart} frames apart`);
});

test("a decoder at half its level is 6.02 dB away in every frame, a lost one too", () => {
  const change = {
    file: "format.ts",
    from: "if (format == FORMAT_PCMU) decodePcmu(octets, samples, count);",
    to: "if (format == FORMAT_PCMU) { decodePcmu(octets, samples, count); for (let n = 0; n < count; n++) store<i16>(samples + (usize(n) << 1), load<i16>(samples + (usize(n) << 1)) / 2); }",
  };
  const { heard } = call(built(change), payloads).sums.module;
  const snrDb = heard.snrSumDb / heard.sounding;
  assert.ok(heard.sounding > FRAMES / 4, `${heard.sounding} frames with sound`);
  assert.ok(Math.abs(snrDb - 20 * Math.log10(2)) < 0.1, `${snrDb} dB`);
});
