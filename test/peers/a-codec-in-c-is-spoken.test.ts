import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkCodec } from "../../src/voice/plugin/check/kit.ts";
import { CodecModule } from "../../src/voice/plugin/codec.ts";
import { FarEnd } from "../voice/far-end.ts";
import { VoiceHouse } from "../voice/house.ts";
import { builtDvi4 } from "../voice/plugin/built.ts";
import { heardFrom, quality, sentBy } from "../voice/plugin/calls.ts";

const octets = builtDvi4();
const dvi4 = new CodecModule(octets);

test("the example in C passes the kit", () => {
  const { good, checks } = checkCodec(octets);
  assert.ok(good, JSON.stringify(checks.filter((check) => !check.good)));
});

for (const frameMs of [10, 30] as const)
  test(`built with frames of ${frameMs} ms it passes the kit, too`, () => {
    const { good, shape } = checkCodec(builtDvi4(frameMs));
    assert.deepEqual([good, shape?.frameMs, shape?.frameOctets], [true, frameMs, 4 + 4 * frameMs]);
  });

test("a phone hears a far end that speaks DVI4, also after a loss", () => {
  for (const lost of [0, 3]) {
    const { said, heard } = heardFrom(dvi4, { lost });
    const { snrDb, levelDb } = quality(said, heard);
    assert.ok(snrDb > 8, `${snrDb} dB with ${lost} lost`);
    assert.ok(Math.abs(levelDb) < 1, `${levelDb} dB with ${lost} lost`);
  }
});

test("a far end that speaks DVI4 hears a phone, in frames of 84 octets", () => {
  const { said, heard, lengths } = sentBy(dvi4);
  assert.deepEqual([...lengths], [84]);
  const { snrDb } = quality(said, heard);
  assert.ok(snrDb > 12, `${snrDb} dB`);
});

for (const [voiceMs, codecMs, octetsOut] of [
  [20, 20, 84],
  [20, 10, 2 * 44],
  [10, 20, 84],
] as const)
  test(`the voice worker speaks frames of ${codecMs} ms in turns of ${voiceMs}`, {
    timeout: 20_000,
  }, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "offhook-codec-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "dvi4.wasm");
    const built = builtDvi4(codecMs);
    writeFileSync(file, built);
    const house = await VoiceHouse.open(context, {
      frameMs: voiceMs,
      codecs: [{ file, name: "DVI4", clockRate: 8000, frameMs: codecMs }],
    });
    const [a, b] = [await FarEnd.open(), await FarEnd.open()];
    context.after(() => Promise.all([a.close(), b.close()]));
    const order = { kind: "openRtp", eventPayloadType: null, direction: "sendrecv" } as const;
    house.perform({ ...order, endpoint: "rtp:0", remote: a.where, format: "codec:DVI4/8000", payloadType: 106 });
    house.perform({ ...order, endpoint: "rtp:1", remote: b.where, format: "PCMA", payloadType: 8 });
    house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
    const far = new CodecModule(built).open();
    far.openEncoder();
    const tone = Int16Array.from({ length: far.samples }, (_, n) => 8000 * Math.sin((2 * Math.PI * n) / 16));
    const frame = () => far.encode(new Uint8Array(tone.buffer)).slice();
    const packet = () => Buffer.concat(Array.from({ length: 20 / codecMs }, frame));
    let loud = 0;
    await Promise.all([
      a.talk(house.portOf(0), 106, packet, ({ payload }) => payload.length === octetsOut && loud >= 5),
      b.talk(
        house.portOf(1),
        8,
        () => new Uint8Array(160).fill(0xd5),
        ({ payload }) => {
          if (new Set(payload).size > 8) loud++;
          return loud >= 5;
        },
      ),
    ]);
    const { streams } = await house.voice.status();
    assert.equal(streams[0]?.format, "DVI4/8000");
  });
