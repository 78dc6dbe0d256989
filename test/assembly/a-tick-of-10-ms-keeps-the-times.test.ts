import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameMs } from "../../src/voice/contract.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeEvent, writeRtp } from "./rtp.ts";

const both = [10, 20] as const;
const PHONE = "usb:dongle:1:0";

/** Ticks for so many ms. */
function pass(rig: Rig, ms: number): ReturnType<Rig["tick"]> {
  return Array.from({ length: ms / rig.frameMs }, () => rig.tick()).flat();
}

test("a key is sent with an update every 10 ms, all of one timestamp, and told elsewhere once with its length", () => {
  const rig = new Rig({ frameMs: 10 });
  rig.openRtp(0, "PCMA");
  rig.tick();
  rig.perform({ kind: "sendDigit", endpoint: "rtp:0", digit: "#", durationMs: 100 });
  const sent = pass(rig, 200).map(({ packet }) => packet);
  assert.equal(sent.length, 20, "one packet a tick");
  const events = sent.filter(({ payloadType }) => payloadType === 101);
  const durations = events.map(({ payload }) => ((payload[2] ?? 0) << 8) | (payload[3] ?? 0));
  assert.deepEqual(durations, [80, 160, 240, 320, 400, 480, 560, 640, 720, 800, 800, 800]);
  assert.deepEqual(new Set(events.map(({ timestamp }) => timestamp)).size, 1);
  assert.deepEqual(
    events.map(({ payload }) => (payload[1] ?? 0) >= 0x80),
    durations.map((_, n) => n >= 9),
  );
  for (const frameMs of both) {
    const other = new Rig({ frameMs });
    other.openRtp(0, "PCMA");
    for (const packet of events) {
      other.deliver(0, writeRtp(packet));
      other.tick();
    }
    assert.deepEqual(other.events, [{ kind: "digit", endpoint: "rtp:0", digit: "#", durationMs: 100 }]);
  }
});

test("a key whose end was lost is told as soon", () => {
  for (const frameMs of both) {
    const rig = new Rig({ frameMs });
    rig.openRtp(0, "PCMA");
    rig.deliver(0, writeEvent(5, false, 160, { sequence: 1, timestamp: 0, marker: true }));
    pass(rig, 120);
    assert.deepEqual(rig.events, []);
    pass(rig, 20);
    assert.equal(rig.events.length, 1);
  }
});

test("a far end that is silent is told of after its time, and ticks that were missed count", () => {
  const rig = new Rig({ frameMs: 10, rtpTimeoutMs: 1000 });
  rig.openRtp(0, "PCMA");
  rig.tick(50);
  pass(rig, 490);
  assert.deepEqual(rig.events, []);
  rig.tick();
  assert.deepEqual(rig.events, [{ kind: "rtpTimeout", endpoint: "rtp:0", silentMs: 1000 }]);
});

test("a key's sound on a line is muted", () => {
  const rig = new Rig({ frameMs: 10 });
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: "L16", muteKeys: true });
  rig.openRtp(0, "L16/8000");
  rig.join(PHONE, "rtp:0");
  let heard = 0;
  for (let n = 0; n < 60; n++) {
    const key = Int16Array.from({ length: 160 }, (_, at) => {
      const time = (2 * Math.PI * (n * 160 + at)) / 8000;
      return n >= 20 && n < 30 ? 6000 * (Math.sin(697 * time) + Math.sin(1209 * time)) : 0;
    });
    rig.device.push(0, "L16", n, new Uint8Array(key.buffer), rig.device.pulled(0));
    for (const { packet } of pass(rig, 20))
      for (let at = 0; at < packet.payload.length; at += 2)
        if (Math.abs(Buffer.from(packet.payload).readInt16BE(at)) > 500) heard++;
  }
  assert.ok(heard < 7 * 8, `${heard} samples of the key are heard`);
});

/** Speech-like noise that comes and goes; how many packets, of voice and of comfort noise, and when the first came. */
function room(frameMs: FrameMs) {
  const rig = new Rig({ frameMs });
  const random = randomFrom(7);
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: "L16" });
  rig.openRtp(0, "PCMA", { comfortNoise: true });
  rig.join(PHONE, "rtp:0");
  const sent: { ms: number; type: number }[] = [];
  for (let n = 0; n < 400; n++) {
    const peak = n >= 200 && n < 250 ? 3000 : 60;
    const frame = Int16Array.from({ length: 160 }, () => Math.round((random() * 2 - 1) * peak));
    rig.device.push(0, "L16", n, new Uint8Array(frame.buffer));
    for (const { packet } of pass(rig, 20)) sent.push({ ms: n * 20, type: packet.payloadType });
  }
  return sent;
}

test("a stream that keeps quiet tells of the room five times a second, and speaks as long", () => {
  const [short, long] = both.map((frameMs) => room(frameMs));
  const speechMs = (sent: typeof short, frameMs: number) =>
    (sent ?? []).filter(({ type, ms }) => type === 8 && ms >= 4000).length * frameMs;
  assert.ok(Math.abs(speechMs(short, 10) - speechMs(long, 20)) <= 40);
  for (const sent of [short, long]) {
    const quiet = (sent ?? []).filter(({ ms }) => ms >= 6000);
    assert.ok(quiet.every(({ type }) => type === 13));
    assert.ok(quiet.length >= 9 && quiet.length <= 11, `${quiet.length} packets in 2 s`);
  }
});

/** What the meters say of packets of 20 ms of which some are lost (`x`) or so many packets late (a digit). */
function measured(frameMs: FrameMs, pattern: string) {
  const rig = new Rig({ frameMs });
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.join("rtp:0", "rtp:1");
  const due: number[][] = [];
  for (let n = 0; n < 1000; n++) {
    const what = pattern[n % pattern.length] ?? ".";
    if (what !== "x") {
      const at = what === "." ? n : n + Number(what);
      due[at] = [...(due[at] ?? []), n];
    }
    for (const late of due[n] ?? []) rig.deliver(0, writeRtp({ sequence: late, timestamp: late * 160 }));
    pass(rig, 20);
  }
  const { losses, mosListening } = rig.status("rtp:0").quality;
  return { losses, mosListening };
}

test("loss, bursts, late packets and opinion are of packets, whatever the frames are", () => {
  for (const pattern of [".", `${".".repeat(24)}x`, `${".".repeat(96)}x.xx`, `${".".repeat(30)}xxx`]) {
    const [short, long] = both.map((frameMs) => measured(frameMs, pattern));
    assert.deepEqual(short, long, pattern);
  }
  const { losses } = measured(10, `${".".repeat(49)}6`);
  assert.equal(losses?.lostShare, 0);
  assert.ok(Math.abs((losses?.discardedShare ?? 0) - 0.02) < 0.002, `${losses?.discardedShare}`);
});
