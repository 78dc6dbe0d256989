import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCodec } from "../../../src/voice/plugin/check/kit.ts";
import { CodecModule } from "../../../src/voice/plugin/codec.ts";
import { Rig } from "../../assembly/rig.ts";
import { writeRtp } from "../../assembly/rtp.ts";
import { builtBlock } from "./built.ts";
import { heardFrom, quality, sentBy } from "./calls.ts";
import { tinyCodec } from "./tiny-codec.ts";

const octets = builtBlock();
const block = new CodecModule(octets);

test("the example in AssemblyScript passes the kit", () => {
  const { good, checks } = checkCodec(octets);
  assert.ok(good, JSON.stringify(checks.filter((check) => !check.good)));
});

test("a phone hears a far end that speaks it", () => {
  const { said, heard } = heardFrom(block);
  const { snrDb, levelDb } = quality(said, heard);
  assert.ok(snrDb > 10, `${snrDb} dB`);
  assert.ok(Math.abs(levelDb) < 1, `${levelDb} dB`);
});

test("a far end that speaks it hears a phone", () => {
  const { said, heard, rig } = sentBy(block);
  const { snrDb } = quality(said, heard);
  assert.ok(snrDb > 10, `${snrDb} dB`);
  assert.equal(rig.status("rtp:0").format, "X-BLOCK/16000");
});

test("frames may be shorter than the longest, and the packet is as long as the frame", () => {
  const rig = new Rig({ codecs: [block] });
  rig.openRtp(0, "codec:X-BLOCK/16000", { payloadType: 106 });
  assert.deepEqual(rig.tickFor(0), Uint8Array.of(0), "one octet says silence");
});

test("two far ends that both speak it have each other's octets untouched", () => {
  const rig = new Rig({ codecs: [new CodecModule(tinyCodec())] });
  for (const stream of [0, 1]) rig.openRtp(stream, "codec:T/8000", { payloadType: 106 });
  rig.join("rtp:0", "rtp:1");
  const heard: string[] = [];
  for (let n = 0; n < 10; n++) {
    const payload = new Uint8Array(1 + 3 * n).fill(n + 1);
    rig.deliver(0, writeRtp({ payloadType: 106, sequence: n, timestamp: 160 * n, payload }));
    const frame = rig.tickFor(1);
    if (frame !== null) heard.push(`${frame.length} of ${frame[0]}`);
  }
  for (let n = 1; n < 6; n++) assert.ok(heard.includes(`${1 + 3 * n} of ${n + 1}`), heard.join(", "));
});

test("what is lost the codec makes up itself", () => {
  const whole = quality(...both(heardFrom(block)));
  const holed = quality(...both(heardFrom(block, { lost: 2 })));
  assert.ok(holed.snrDb < whole.snrDb && holed.snrDb > 3, `${holed.snrDb} dB of ${whole.snrDb} dB`);
});

test("several frames of the greatest length in one packet are heard one after the other", () => {
  const rig = new Rig({ codecs: [new CodecModule(tinyCodec())] });
  rig.openRtp(0, "codec:T/8000", { payloadType: 106 });
  rig.openRtp(1, "L16/8000");
  rig.join("rtp:0", "rtp:1");
  const heard: number[] = [];
  for (let n = 0; n < 20; n++) {
    const payload = Buffer.concat([Buffer.alloc(33, n + 1), Buffer.alloc(33, n + 2)]);
    if (n % 2 === 0) rig.deliver(0, writeRtp({ payloadType: 106, sequence: n, timestamp: 160 * n, payload }));
    heard.push(rig.tickFor(1)?.[80] ?? 0);
  }
  const told = heard.filter((octet) => octet > 0);
  assert.deepEqual(
    told.slice(1, 12),
    told.slice(1, 12).map((_, n) => (told[1] ?? 0) + n),
  );
});

test("a sender whose clock jumps by half a frame is heard on", () => {
  const { said, heard } = heardFrom(block, { jumpAt: 50 });
  const { levelDb } = quality(said, heard);
  assert.ok(Math.abs(levelDb) < 1, `${levelDb} dB`);
});

test("a call without such a codec is one call of the module, and with one it sounds the same", () => {
  const alone = sinePackets(new Rig());
  const beside = new Rig({ codecs: [block] });
  beside.openRtp(5, "codec:X-BLOCK/16000", { payloadType: 106 });
  assert.equal(beside.control.needsPlugins, true);
  assert.deepEqual(sinePackets(beside), alone);
  beside.perform({ kind: "close", endpoint: "rtp:5" });
  assert.equal(beside.control.needsPlugins, false);
});

function sinePackets(rig: Rig): number[][] {
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "G722");
  rig.join("rtp:0", "rtp:1");
  return Array.from({ length: 20 }, (_, n) => {
    const payload = Uint8Array.from({ length: 160 }, (_, at) => (at * 7 + n) & 255);
    rig.deliver(0, writeRtp({ payloadType: 8, sequence: n, timestamp: 160 * n, payload }));
    return [...(rig.tickFor(1) ?? [])];
  });
}

function both({ said, heard }: { readonly said: Int16Array; readonly heard: Int16Array }) {
  return [said, heard] as const;
}
