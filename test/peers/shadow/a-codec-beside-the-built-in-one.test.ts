import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as layout from "../../../assembly/layout.ts";
import { speechLike } from "../../../src/voice/plugin/check/signals.ts";
import { CodecModule } from "../../../src/voice/plugin/codec.ts";
import type { DifferenceSums } from "../../../src/voice/shadow/tally.ts";
import { randomFrom, writeRtp } from "../../assembly/rtp.ts";
import { builtBlock } from "../../voice/plugin/built.ts";
import { BesideRig, liveModule } from "../../voice/shadow/beside-rig.ts";
import { builtCodec, codecSource, g722, g726 } from "../../voice/shadow/built.ts";
import { openHouse, RealCall, untilShadow } from "../../voice/shadow/real-call.ts";

const FRAMES = 200;

/** A call with loss beside a candidate codec. Octets of chance are good frames of both codecs. */
function besideCall(octets: Uint8Array, format: number, name: "G722" | "G726-32", joined: boolean) {
  const module = new CodecModule(octets);
  const beside = new BesideRig({ codec: { module, format } });
  beside.openRtp(2, name);
  beside.rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  if (joined) beside.rig.join("rtp:2", "usb:dongle:1:0");
  const random = randomFrom(5);
  for (let n = 0; n < FRAMES; n++) {
    const payload = Uint8Array.from({ length: module.shape.frameOctets }, () => Math.floor(random() * 256));
    const lost = n % 17 === 11 || (n > 100 && n < 110);
    if (!lost) beside.rig.deliver(2, writeRtp({ payloadType: 96, sequence: n, timestamp: n * 160, payload }));
    beside.tick();
  }
  assert.deepEqual(beside.differences, []);
  return beside.sums.codec;
}

function differences({ frames, different, bitsDifferent }: DifferenceSums) {
  assert.ok(frames > 150, `${frames} frames are compared`);
  return { different, bitsDifferent };
}

const none = { different: 0, bitsDifferent: 0 };

test("a plug-in with the built-in codec's own arithmetic has the same samples and octets, losses and silence included", () => {
  for (const [codec, format] of [
    [g722, layout.FORMAT_G722],
    [g726, layout.FORMAT_G726],
  ] as const) {
    const octets = builtCodec(codecSource(codec));
    for (const joined of [true, false]) {
      const sums = besideCall(octets, format, codec.name as "G722" | "G726-32", joined);
      assert.deepEqual([differences(sums.heard), differences(sums.sent)], [none, none], codec.name);
    }
  }
});

test("a plug-in that decodes at half the level is 6.02 dB away, and what it sends is the same", () => {
  const halved = "for (let n: usize = 0; n < 640; n += 2) store<i16>(samples + n, load<i16>(samples + n) >> 1)";
  const codec = { ...g722, decode: `${g722.decode}; ${halved}` };
  const { heard, sent } = besideCall(builtCodec(codecSource(codec)), layout.FORMAT_G722, "G722", true);
  const snrDb = heard.snrSumDb / heard.sounding;
  assert.ok(Math.abs(snrDb - 20 * Math.log10(2)) < 0.05, `${snrDb} dB`);
  assert.ok(heard.different === heard.frames && heard.sounding > 150);
  assert.deepEqual(differences(sent), none);
});

test("a plug-in that packs its octets the other way round differs in what it sends, not in what is heard", () => {
  const swapped = `${g726.encode}; for (let n: usize = 0; n < 80; n++) store<u8>(octets + n, rotl<u8>(load<u8>(octets + n), 4))`;
  const codec = { ...g726, encode: swapped };
  const { heard, sent } = besideCall(builtCodec(codecSource(codec)), layout.FORMAT_G726, "G726-32", true);
  assert.deepEqual(differences(heard), none);
  assert.ok(sent.different > 150 && sent.bitsDifferent > sent.bits / 4);
});

test("a plug-in beside a live one of the same name has the same, frames of other lengths and its own concealment included", () => {
  const block = new CodecModule(builtBlock());
  const beside = new BesideRig({
    codecs: [block],
    codec: { module: block, format: layout.FORMAT_PLUGIN },
    module: liveModule,
  });
  beside.openRtp(1, "codec:X-BLOCK/16000");
  beside.rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  beside.rig.join("rtp:1", "usb:dongle:1:0");
  const far = block.open();
  far.openEncoder();
  const said = speechLike(16_000, FRAMES / 50);
  for (let n = 0; n < FRAMES; n++) {
    // Silence has one octet.
    const samples = n % 20 < 5 ? new Int16Array(320) : said.slice(320 * n, 320 * (n + 1));
    const payload = far.encode(new Uint8Array(samples.buffer)).slice();
    if (n % 13 !== 8) beside.rig.deliver(1, writeRtp({ payloadType: 96, sequence: n, timestamp: n * 320, payload }));
    beside.tick();
  }
  assert.deepEqual([beside.differences, beside.rig.failures], [[], []]);
  const { codec, module } = beside.sums;
  assert.deepEqual([differences(codec.heard), differences(codec.sent)], [none, none]);
  assert.deepEqual([differences(module.heard), differences(module.sent)], [none, none]);
  assert.ok(codec.sent.bits < 8 * 340 * codec.sent.frames, "some frames were shorter");
  assert.ok(codec.heard.frames > FRAMES - 5, "what was lost is compared, too");
});

function fileOf(context: TestContext, octets: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "offhook-candidate-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "candidate.wasm"), octets);
  return join(folder, "candidate.wasm");
}

test("a plug-in's file runs beside the built-in codec of a real call", { timeout: 60_000 }, async (context) => {
  const codec = fileOf(context, builtCodec(codecSource(g722)));
  const house = await openHouse(context, 43_340, { codec });
  await untilShadow(house, "on");
  const call = await RealCall.open(context, house);
  const { candidates, live } = await call.talk(({ candidates: [one] }) => (one?.heard.frames ?? 0) > 50);
  const [one] = candidates;
  assert.ok(one !== undefined && candidates.length === 1);
  assert.deepEqual([one.what, one.file, one.jitter], ["codec", codec, null]);
  assert.deepEqual([one.heard.different, one.sent.different, live.nondeterministic], [0, 0, 0]);
  assert.ok(one.frameUs.p50 > 0);
});

test("a plug-in that is like no live codec is named with the way out", { timeout: 60_000 }, async (context) => {
  const codec = fileOf(context, builtBlock());
  const house = await openHouse(context, 43_360, { codec });
  assert.match(
    (await untilShadow(house, "given up")) ?? "",
    /candidate\.wasm: it is X-BLOCK\/16000, and no live codec is: name it as the one it replaces, or add its \[\[codec\]\]/,
  );
});
