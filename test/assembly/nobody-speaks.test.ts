import assert from "node:assert/strict";
import { test } from "node:test";
import { Coder } from "./coder.ts";
import { level } from "./measure.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

const PHONE = "usb:dongle:1:0";
const CN = 13;
/** Background at about -55 dBm0, and speech-like noise that comes and goes at about -20. */
const BACKGROUND = 60;
const SPEECH = 3000;
/** Ticks before somebody talks: the detector knows the room by then. */
const TALKS = 200;

function noise(random: () => number, peak: number): Int16Array {
  return Int16Array.from({ length: 160 }, () => Math.round((random() * 2 - 1) * peak));
}

/** A phone in a room: 4 s of background, 1 s of speech, 3 s of background. What the stream sent, tick by tick. */
function talk(comfortNoise: boolean) {
  const rig = new Rig();
  const random = randomFrom(7);
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: "L16" });
  rig.openRtp(0, "PCMA", comfortNoise ? { comfortNoise: true } : {});
  rig.join(PHONE, "rtp:0");
  const sent: { tick: number; type: number; marker: boolean; timestamp: number; payload: Uint8Array }[] = [];
  for (let tick = 0; tick < TALKS + 200; tick++) {
    const frame = noise(random, tick >= TALKS && tick < TALKS + 50 ? SPEECH : BACKGROUND);
    rig.device.push(0, "L16", tick, new Uint8Array(frame.buffer));
    for (const { packet } of rig.tick())
      sent.push({
        tick,
        type: packet.payloadType,
        marker: packet.marker,
        timestamp: packet.timestamp,
        payload: packet.payload,
      });
  }
  return sent;
}

test("a stream that keeps quiet sends speech whole, its beginning marked, and in between only what the room is like", () => {
  const sent = talk(true);
  const spoken = sent.filter(({ type, tick }) => type === 8 && tick >= TALKS);
  const [first] = spoken;
  assert.ok(first !== undefined && first.tick <= TALKS + 3 && first.marker, "speech begins at once, and is marked");
  for (let tick = first.tick; tick < TALKS + 52; tick++)
    assert.ok(
      spoken.some((packet) => packet.tick === tick),
      `tick ${tick}`,
    );
  const quiet = sent.filter(({ tick }) => tick >= TALKS + 100);
  assert.ok(quiet.every(({ type }) => type === CN));
  assert.ok(quiet.length >= 8 && quiet.length <= 12, `${quiet.length} packets in 2 s`);
  const [about] = quiet;
  assert.ok(about !== undefined && about.payload.length === 11);
  const dbov = -(about.payload[0] ?? 0);
  assert.ok(Math.abs(dbov - (level(noise(randomFrom(1), BACKGROUND)) - 6.15)) < 4, `${dbov} dBov`);
});

test("timestamps go on through the silence", () => {
  const quiet = talk(true)
    .filter(({ type }) => type === CN)
    .slice(-3);
  const steps = quiet.slice(1).map((packet, n) => (packet.timestamp - (quiet[n]?.timestamp ?? 0)) >>> 0);
  assert.deepEqual(steps, [1600, 1600]);
});

test("without it every frame is sent", () => {
  assert.equal(talk(false).filter(({ tick, type }) => tick >= 10 && type === 8).length, TALKS + 190);
});

test("comfort noise that comes is heard at its level until speech comes again, and is not concealed", () => {
  const rig = new Rig();
  const talker = new Coder("PCMU");
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: "L16" });
  rig.openRtp(0, "PCMU");
  rig.join(PHONE, "rtp:0");
  const random = randomFrom(3);
  const heard: number[] = [];
  for (let n = 0; n < 150; n++) {
    const speaks = n < 40 || n >= 120;
    const timestamp = n * 160;
    if (speaks) rig.deliver(0, writeRtp({ sequence: n, timestamp, payload: talker.encode(noise(random, SPEECH)) }));
    else if (n % 10 === 0)
      rig.deliver(0, writeRtp({ payloadType: CN, sequence: n, timestamp, payload: Uint8Array.of(50) }));
    const samples = rig.tickSamples(0);
    heard.push(samples === null ? -99 : level(samples));
  }
  const room = heard.slice(60, 115);
  assert.ok(
    room.every((dbm0) => Math.abs(dbm0 - (-50 + 6.15)) < 4),
    room.map((dbm0) => dbm0.toFixed(0)).join(" "),
  );
  assert.ok(heard.slice(125).every((dbm0) => dbm0 > -25));
  assert.equal(rig.status("rtp:0").concealed, 0);
});

test("what a stream that keeps quiet sends of a wideband voice has the same bits as what one sends that does not", () => {
  const random = randomFrom(11);
  const frames = Array.from({ length: 60 }, () => Uint8Array.from({ length: 160 }, () => random() * 256));
  const [quiet, loud] = [true, false].map((keepsQuiet) => {
    const rig = new Rig();
    rig.openRtp(0, "G722");
    rig.openRtp(1, "PCMA", keepsQuiet ? { comfortNoise: true } : {});
    rig.join("rtp:0", "rtp:1");
    return frames.map((payload, n) => {
      rig.deliver(0, writeRtp({ payloadType: 96, sequence: n, timestamp: n * 160, payload }));
      return rig.tick().find(({ stream }) => stream === 1)?.packet;
    });
  });
  for (let n = 5; n < 60; n++) {
    assert.equal(quiet?.[n]?.payloadType, 8);
    assert.deepEqual(quiet?.[n]?.payload, loud?.[n]?.payload, `frame ${n}`);
  }
});
