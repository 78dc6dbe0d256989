import assert from "node:assert/strict";
import { test } from "node:test";
import { DEPTH_DROPPED, DEPTH_INSERTED } from "../../../assembly/jitter/depth-words.ts";
import * as layout from "../../../assembly/layout.ts";
import type { BuiltInFormat, RtpFormat } from "../../../src/message/media.ts";
import type { FrameMs } from "../../../src/voice/contract.ts";
import { kernelAddress } from "../../../src/voice/map.ts";
import { CodecModule } from "../../../src/voice/plugin/codec.ts";
import { Rig } from "../../assembly/rig.ts";
import { writeRtp } from "../../assembly/rtp.ts";
import { tinyCodec } from "../plugin/tiny-codec.ts";
import { BesideRig, liveModule } from "./beside-rig.ts";
import { formats, troubledCall, wanderingCall } from "./call.ts";

const FRAMES = 150;

/** A call in trouble; `listener`: who hears the stream, as samples, as octets that pass, or nobody. */
function follow(
  format: BuiltInFormat,
  listener: "device" | "stream" | "nobody",
  seed?: number,
  frameMs: FrameMs = 20,
): BesideRig {
  const beside = new BesideRig({ module: liveModule, frameMs });
  beside.openRtp(3, format);
  join(beside.rig, format, listener);
  troubledCall(format, FRAMES, seed).forEach((packets, n) => {
    for (const packet of packets) beside.rig.deliver(3, packet);
    // A tick that could not be held, now and then.
    for (let ms = 0; ms < 20; ms += frameMs) beside.tick(ms === 0 && n % 40 === 39 ? 2 : 1);
    beside.rig.device.pull(0, new Uint8Array(320));
  });
  beside.close(3);
  beside.drain();
  return beside;
}

function join(rig: Rig, format: BuiltInFormat, listener: "device" | "stream" | "nobody"): void {
  if (listener === "device") {
    rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
    rig.join("rtp:3", "usb:dongle:1:0");
  } else if (listener === "stream") {
    rig.openRtp(5, format);
    rig.join("rtp:3", "rtp:5");
  }
}

test("given the same again the live module does the same in every codec, whoever listens: it differs in nothing", () => {
  for (const format of formats)
    for (const listener of ["device", "stream", "nobody"] as const) {
      const { sums, differences } = follow(format, listener);
      const { heard, sent, apart, live, candidate } = sums.module;
      assert.deepEqual(differences, [], `${format}, ${listener}`);
      assert.deepEqual([sums.checked, sums.nondeterministic], [FRAMES + 2, 0]);
      assert.ok(heard.frames > FRAMES - 10 && sent.frames === heard.frames, `${heard.frames} frames`);
      assert.deepEqual([heard.different, sent.different, apart], [0, 0, 0], `${format}, ${listener}`);
      assert.ok(live.concealed > 10 && live.late > 3, "the network was in trouble");
      assert.deepEqual(live, candidate);
    }
});

test("frames of 10 ms differ in nothing either", () => {
  for (const format of formats)
    for (const listener of ["device", "stream", "nobody"] as const) {
      const { sums, differences } = follow(format, listener, undefined, 10);
      const { heard, sent, apart, live, candidate } = sums.module;
      assert.deepEqual(differences, [], `${format}, ${listener}`);
      assert.ok(heard.frames > 2 * FRAMES - 20 && sent.frames === heard.frames, `${heard.frames} frames`);
      assert.deepEqual([sums.nondeterministic, heard.different, sent.different, apart], [0, 0, 0, 0]);
      assert.deepEqual(live, candidate);
    }
});

test("a jitter buffer that follows the network moves at the same moments, whether its stream is heard or passes", () => {
  for (const format of formats)
    for (const listener of ["device", "stream", "nobody"] as const) {
      const beside = new BesideRig({ module: liveModule, jitterMs: 60, jitterMinMs: 20, jitterMaxMs: 200 });
      beside.openRtp(3, format);
      join(beside.rig, format, listener);
      for (const packets of wanderingCall(format, 800)) {
        for (const packet of packets) beside.rig.deliver(3, packet);
        beside.tick();
        beside.rig.device.pull(0, new Uint8Array(320));
      }
      const { nondeterministic, module } = beside.sums;
      assert.deepEqual(beside.differences, [], `${format}, ${listener}`);
      assert.deepEqual([nondeterministic, module.heard.different, module.sent.different, module.apart], [0, 0, 0, 0]);
      const learnt = (word: number) => beside.rig.map.word(kernelAddress(3, layout.KERNEL_JITTER) + word);
      assert.ok(learnt(DEPTH_INSERTED) + learnt(DEPTH_DROPPED) > 0, `${format}: the depth changed`);
    }
});

test("what the live path sends is the same with and without a shadow", () => {
  const alone = (octets: readonly Uint8Array[][], tick: (rig: Rig) => ReturnType<Rig["tick"]>, rig: Rig): string => {
    rig.openRtp(5, "PCMU");
    rig.perform({ kind: "join", a: "rtp:3", b: "rtp:5" });
    const sent = octets.flatMap((packets) => {
      for (const packet of packets) rig.deliver(3, packet);
      return tick(rig);
    });
    // Sequence, time and source begin by chance.
    return sent.map(({ stream, packet }) => `${stream} ${Buffer.from(packet.payload).toString("hex")}`).join("\n");
  };
  const call = troubledCall("G722", FRAMES);
  const bare = new Rig();
  bare.openRtp(3, "G722");
  const beside = new BesideRig({ module: liveModule });
  beside.openRtp(3, "G722");
  const without = alone(call, (rig) => rig.tick(), bare);
  assert.equal(
    alone(call, () => beside.tick(), beside.rig),
    without,
  );
  assert.ok(without.split("\n").length > FRAMES && beside.sums.checked > FRAMES);
});

test("a stream that changes its codec, is held and taken back in the middle of its session is followed through", () => {
  const beside = new BesideRig({ module: liveModule });
  beside.openRtp(3, "PCMA");
  join(beside.rig, "PCMA", "device");
  const run = (format: BuiltInFormat) => {
    for (const packets of troubledCall(format, 50)) {
      for (const packet of packets) beside.rig.deliver(3, packet);
      beside.tick();
      beside.rig.device.pull(0, new Uint8Array(320));
    }
  };
  run("PCMA");
  beside.rig.openRtp(3, "PCMU");
  run("PCMU");
  beside.rig.openRtp(3, "PCMU", { direction: "sendonly" });
  run("PCMU");
  beside.rig.openRtp(3, "G722");
  run("G722");
  assert.deepEqual(beside.differences, []);
  assert.deepEqual([beside.sums.checked, beside.sums.module.heard.different], [4 * 52, 0]);
});

test("of the streams that open the share is followed, and no more at a time than there are places", () => {
  const half = new BesideRig({ sharePercent: 50, streams: 8 });
  for (let stream = 0; stream < 10; stream++) half.openRtp(stream, "PCMA");
  half.tick();
  assert.equal(half.sums.followed, 5);
  const two = new BesideRig({ streams: 2 });
  for (let stream = 0; stream < 10; stream++) two.openRtp(stream, "PCMA");
  two.tick();
  assert.equal(two.sums.followed, 2);
  two.close(0);
  two.openRtp(0, "PCMA");
  two.tick();
  assert.deepEqual([two.sums.followed, two.sums.ticks], [3, 4]);
});

test("a session that has begun is joined where it is, and from there on nothing differs", () => {
  for (const format of formats)
    for (const frameMs of [10, 20] as const) {
      const beside = new BesideRig({
        module: liveModule,
        frameMs,
        on: false,
        streams: 1,
        jitterMinMs: 20,
        jitterMaxMs: 200,
      });
      beside.openRtp(3, format);
      join(beside.rig, format, frameMs === 10 ? "device" : "stream");
      troubledCall(format, FRAMES).forEach((packets, n) => {
        if (n === 60) beside.switchOn();
        for (const packet of packets) beside.rig.deliver(3, packet);
        for (let ms = 0; ms < 20; ms += frameMs) beside.tick();
        beside.rig.device.pull(0, new Uint8Array(320));
      });
      const { followed, ticks, nondeterministic, module } = beside.sums;
      assert.deepEqual(beside.differences, [], `${format}, ${frameMs} ms`);
      assert.deepEqual([followed, ticks, nondeterministic], [1, (FRAMES + 2 - 60) * (20 / frameMs) - 1, 0]);
      assert.deepEqual([module.heard.different, module.sent.different, module.apart], [0, 0, 0], format);
      assert.ok(module.heard.frames > 80 && module.live.concealed > 5);
    }
});

test("a stream whose codec has frames of another length is left alone, and one that changes to such a codec from then on", () => {
  const codecs = [20, 10].map((frameMs, n) => new CodecModule(tinyCodec({ name: 0x54 + n, frameMs })));
  const checked = (format: RtpFormat, then: RtpFormat = format) => {
    const beside = new BesideRig({ module: liveModule, codecs });
    beside.openRtp(3, format, { payloadType: 106 });
    for (let n = 0; n < 20; n++) {
      if (n === 10 && then !== format) beside.rig.openRtp(3, then, { payloadType: 106 });
      const payload = new Uint8Array(33).fill(n + 1);
      beside.rig.deliver(3, writeRtp({ payloadType: 106, sequence: n, timestamp: 160 * n, payload }));
      beside.tick();
    }
    assert.deepEqual(beside.differences, []);
    return beside.sums.checked;
  };
  assert.deepEqual(
    [checked("codec:T/8000"), checked("codec:U/8000"), checked("codec:T/8000", "codec:U/8000")],
    [20, 0, 10],
  );
});
