import assert from "node:assert/strict";
import { test } from "node:test";
import { CodecModule } from "../../../src/voice/plugin/codec.ts";
import { Coder } from "../../assembly/coder.ts";
import { flat } from "../../assembly/constant-talk.ts";
import { Rig } from "../../assembly/rig.ts";
import { writeRtp } from "../../assembly/rtp.ts";
import { TapEnd } from "../../assembly/tap-end.ts";
import { tinyCodec } from "./tiny-codec.ts";

const tiny = new CodecModule(tinyCodec());

/** Stream 0 speaks the codec, and says its number in every octet of frame n. */
function say(rig: Rig, n: number, stream = 0): void {
  const payload = new Uint8Array(33).fill(n + 1);
  rig.deliver(stream, writeRtp({ payloadType: 106, sequence: n, timestamp: 160 * n, payload }));
}

/** What the codec makes of frame n: its octet, twice in each sample. */
function sample(n: number): number {
  return (n + 1) * 0x0101;
}

test("what passes untouched between two far ends is decoded for a recording, and passes all the same", () => {
  const [plain, recorded] = [false, true].map((records) => {
    const rig = new Rig({ codecs: [tiny] });
    for (const stream of [0, 1]) rig.openRtp(stream, "codec:T/8000", { payloadType: 106 });
    rig.join("rtp:0", "rtp:1");
    const tap = new TapEnd(rig, 0);
    if (records) tap.record("rtp:1");
    const sent = Array.from({ length: 20 }, (_, n) => {
      if (n !== 9) say(rig, n);
      return rig.tick().map(({ stream, packet }) => [stream, packet.payload]);
    });
    return { sent, ...tap.take() };
  });
  assert.deepEqual(recorded?.sent, plain?.sent);
  assert.equal(plain?.heard.length, 0);
  const heard = Array.from({ length: 20 }, (_, n) => recorded?.heard[n * 160 + 100]);
  assert.deepEqual(heard.slice(2, 11), [...Array(9).keys()].map(sample));
  assert.deepEqual(
    heard.slice(13),
    [...Array(7).keys()].map((n) => sample(n + 11)),
  );
});

test("a party of a conference may speak it: all others hear it, and it hears all others", () => {
  const rig = new Rig({ codecs: [tiny] });
  rig.openRtp(0, "codec:T/8000", { payloadType: 106 });
  for (const stream of [1, 2]) rig.openRtp(stream, "L16/8000");
  for (const n of [0, 1, 2]) rig.perform({ kind: "mix", endpoint: `rtp:${n}`, conference: "conference:1" });
  for (let n = 0; n < 12; n++) {
    say(rig, n);
    for (const stream of [1, 2])
      rig.deliver(stream, writeRtp({ payloadType: 96, sequence: n, timestamp: 160 * n, payload: flat(10 ** stream) }));
    const sent = rig.tick();
    if (n < 4) continue;
    const heard = sent.map(({ packet }) => packet.payload);
    // Its encoder tells the first octet of the first sample.
    assert.equal(heard[0]?.[0], 110);
    for (const stream of [1, 2])
      assert.equal(
        new Coder("L16/8000").decode(heard[stream] ?? new Uint8Array())[80],
        sample(n - 2) + 10 ** (3 - stream),
        `frame ${n}`,
      );
  }
});
