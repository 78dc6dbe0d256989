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

test("the voice worker speaks it with a far end on the network", { timeout: 20_000 }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "offhook-codec-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "dvi4.wasm");
  writeFileSync(file, octets);
  const house = await VoiceHouse.open(context, { codecs: [{ file, name: "DVI4", clockRate: 8000 }] });
  const [a, b] = [await FarEnd.open(), await FarEnd.open()];
  context.after(() => Promise.all([a.close(), b.close()]));
  const order = { kind: "openRtp", eventPayloadType: null, direction: "sendrecv" } as const;
  house.perform({ ...order, endpoint: "rtp:0", remote: a.where, format: "codec:DVI4/8000", payloadType: 106 });
  house.perform({ ...order, endpoint: "rtp:1", remote: b.where, format: "PCMA", payloadType: 8 });
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  const far = dvi4.open();
  far.openEncoder();
  const tone = Int16Array.from({ length: 160 }, (_, n) => 8000 * Math.sin((2 * Math.PI * n) / 16));
  let loud = 0;
  await Promise.all([
    a.talk(
      house.portOf(0),
      106,
      () => far.encode(new Uint8Array(tone.buffer)).slice(),
      ({ payload }) => payload.length === 84 && loud >= 5,
    ),
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
