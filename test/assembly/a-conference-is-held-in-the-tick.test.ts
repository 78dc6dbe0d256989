import assert from "node:assert/strict";
import { test } from "node:test";
import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import type { BuiltInFormat } from "../../src/message/media.ts";
import type { ConferenceName, Endpoint } from "../../src/message/name.ts";
import { Coder } from "./coder.ts";
import { Hall } from "./conference-hall.ts";
import { Constants, flat } from "./constant-talk.ts";
import { level, levelAt } from "./measure.ts";
import { Rig } from "./rig.ts";
import { writeEvent, writeRtp } from "./rtp.ts";

/** Ticks from a packet's arrival to its being heard: the jitter buffer. */
const DELAY = 2;
const narrow = ["PCMA", "PCMU", "G726-32", "L16/8000", "AAL2-G726-32", "PCMA", "G726-32", "PCMU"] as const;

function hold(formats: readonly BuiltInFormat[], ticks = 30): void {
  const hall = new Hall(formats);
  for (let n = 0; n < ticks; n++) hall.tick(formats.map(() => 3000));
  const expected = hall.expected(DELAY);
  for (const [own, { format, heard }] of hall.parties.entries()) {
    assert.equal(heard.length, ticks);
    assert.deepEqual(heard, expected[own], `party ${own}, ${format}`);
  }
}

function mix(rig: Rig, endpoint: Endpoint, conference: ConferenceName): void {
  rig.perform({ kind: "mix", endpoint, conference });
}

test("three parties with three codecs each hear the exact sum of the others", () => {
  hold(["PCMA", "PCMU", "G726-32"]);
});

test("eight parties with four codecs each hear the exact sum of the others", () => {
  hold(narrow);
});

test("wideband parties hear each other in wideband; the others hear them, and each other, as without them", () => {
  hold(["G722", "L16/16000", "PCMA", "L16/8000", "G722"]);
  hold(["G722", "L16/16000", "G722"]);
});

test("frames of 10 ms are mixed as those of 20 are", () => {
  const talk = new Constants(4, 10);
  for (const n of [0, 1, 2, 3]) mix(talk.rig, `rtp:${n}`, "conference:1");
  assert.deepEqual(talk.after(10), [1110, 1101, 1011, 111]);
});

test("a phone on a device is a party as a stream is", () => {
  const hall = new Hall(["L16/8000", "L16/8000"]);
  hall.rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  mix(hall.rig, "usb:dongle:1:0", "conference:1");
  const heard: number[] = [];
  for (let n = 0; n < 20; n++) {
    hall.tick([3000, 3000]);
    const frame = new Uint8Array(320);
    if (hall.rig.device.pull(0, frame) === 320) heard.push(...new Int16Array(frame.buffer));
  }
  const [a, b] = hall.parties.map(({ said }) => said.flatMap((payload) => [...new Coder("L16/8000").decode(payload)]));
  const sums = (a ?? []).map((sample, n) => sample + (b?.[n] ?? 0));
  const begin = heard.findIndex((sample) => sample !== 0);
  assert.ok(begin >= 0 && heard.length - begin > 10 * 160);
  assert.deepEqual(heard.slice(begin), sums.slice(0, heard.length - begin));
});

test("a sum beyond full scale is limited and never wraps round", () => {
  const formats = ["L16/8000", "L16/8000", "L16/8000"] as const;
  const rig = new Rig();
  for (const [n, format] of formats.entries()) {
    rig.openRtp(n, format);
    mix(rig, `rtp:${n}`, "conference:3");
  }
  let seen = 0;
  for (let n = 0; n < 20; n++) {
    for (const stream of formats.keys())
      rig.deliver(stream, writeRtp({ payloadType: 96, sequence: n, timestamp: n * 160, payload: flat(30_000) }));
    for (const { packet } of rig.tick()) {
      if (n < DELAY) continue;
      const samples = new DataView(packet.payload.buffer);
      for (let k = 0; k < 160; k++, seen++) assert.ok(samples.getInt16(2 * k) >= 29_990, `${samples.getInt16(2 * k)}`);
    }
  }
  assert.equal(seen, 18 * 3 * 160);
});

test("who leaves is not heard from the next tick on and hears nobody, however it leaves", () => {
  const leave: readonly ((rig: Rig) => void)[] = [
    (rig) => rig.perform({ kind: "part", a: "rtp:2", b: "conference:1" }),
    (rig) => rig.perform({ kind: "close", endpoint: "rtp:2" }),
    (rig) => rig.join("rtp:2", "rtp:4"),
    (rig) => mix(rig, "rtp:2", "conference:2"),
  ];
  for (const [way, go] of leave.entries()) {
    const talk = new Constants(5);
    for (const n of [0, 1, 2, 3]) mix(talk.rig, `rtp:${n}`, "conference:1");
    assert.deepEqual(talk.after(5), [1110, 1101, 1011, 111, 0]);
    go(talk.rig);
    assert.deepEqual(talk.tick(), [1010, 1001, [0, null, 10_000, 0][way], 11, way === 2 ? 100 : 0], `way ${way}`);
    assert.equal(talk.rig.map.word(layout.HEADER_PARTIES), way === 3 ? 4 : 3);
  }
});

test("to part from a conference one is not in changes nothing", () => {
  const talk = new Constants(2);
  for (const n of [0, 1]) mix(talk.rig, `rtp:${n}`, "conference:1");
  talk.rig.perform({ kind: "part", a: "rtp:0", b: "conference:2" });
  talk.rig.perform({ kind: "part", a: "rtp:0", b: "rtp:1" });
  talk.rig.perform({ kind: "part", a: "rtp:0", b: "conference:99" });
  assert.deepEqual(talk.after(5), [10, 1]);
});

test("a party who joins somebody else takes nobody along, and comes back by another mix", () => {
  const talk = new Constants(4);
  talk.rig.join("rtp:0", "rtp:3");
  for (const n of [0, 1, 2]) mix(talk.rig, `rtp:${n}`, "conference:8");
  assert.deepEqual(talk.after(5), [110, 101, 11, 0]);
  talk.rig.join("rtp:1", "rtp:3");
  assert.deepEqual(talk.tick(), [100, 1000, 1, 10]);
  mix(talk.rig, "rtp:1", "conference:8");
  assert.deepEqual(talk.tick(), [110, 101, 11, 0]);
});

test("a party from whom nothing comes hears the others, is not decoded, and leaves only silence behind", () => {
  const talk = new Constants(4);
  for (const n of [0, 1, 2, 3]) mix(talk.rig, `rtp:${n}`, "conference:1");
  assert.deepEqual(talk.after(6, [3]), [110, 101, 11, 111]);
  assert.equal(talk.rig.word("rtp:3", words.INPUT_NEEDED), 0);
  assert.equal(talk.rig.word("rtp:0", words.INPUT_NEEDED), 1);
  // Five frames are made up for packets that stop, then it is silent.
  assert.deepEqual(talk.after(10, [1, 3]), [100, 101, 1, 101]);
  assert.equal(talk.rig.word("rtp:1", words.INPUT_NEEDED), 0);
  assert.deepEqual(talk.after(10, [0, 1, 2, 3]), [0, 0, 0, 0]);
});

test("one alone in a conference hears nothing and is not decoded", () => {
  const talk = new Constants(1);
  mix(talk.rig, "rtp:0", "conference:1");
  assert.deepEqual(talk.after(6), [0]);
  assert.equal(talk.rig.word("rtp:0", words.INPUT_NEEDED), 0);
});

test("a tone towards one party is all that it hears, and the others still hear it", () => {
  const talk = new Constants(3);
  for (const n of [0, 1, 2]) mix(talk.rig, `rtp:${n}`, "conference:1");
  talk.after(5);
  talk.rig.perform({ kind: "tone", endpoint: "rtp:1", tone: "dial", country: "DE" });
  assert.deepEqual(talk.tick(), [110, null, 11]);
  const tone: number[] = [];
  for (let n = 0; n < 20; n++) {
    const packet = talk.rig.tick().find(({ stream }) => stream === 1)?.packet;
    tone.push(...new Coder("L16/8000").decode(packet?.payload ?? new Uint8Array(320)));
  }
  assert.ok(Math.abs(levelAt(Int16Array.from(tone), 425) - level(Int16Array.from(tone))) < 0.1, "the tone alone");
});

test("keys of a party are told once, and keys towards one are events", () => {
  const talk = new Constants(3);
  for (const n of [0, 1, 2]) mix(talk.rig, `rtp:${n}`, "conference:1");
  talk.after(5);
  for (const end of [false, true, true, true])
    talk.rig.deliver(0, writeEvent(5, end, 800, { sequence: 100, timestamp: 900 }));
  talk.rig.perform({ kind: "sendDigit", endpoint: "rtp:2", digit: "7", durationMs: 60 });
  const sent = talk.rig.tick().find(({ stream }) => stream === 2)?.packet;
  assert.deepEqual([sent?.payloadType, sent?.payload[0]], [101, 7]);
  assert.deepEqual(talk.rig.events, [{ kind: "digit", endpoint: "rtp:0", digit: "5", durationMs: 100 }]);
});

test("a party who says by comfort noise that it is silent adds no noise to what the others hear", () => {
  const talk = new Constants(3);
  for (const n of [0, 1, 2]) mix(talk.rig, `rtp:${n}`, "conference:1");
  talk.after(5);
  const noise = writeRtp({ payloadType: 13, sequence: 5, timestamp: 5 * 160, payload: Uint8Array.of(20) });
  talk.rig.deliver(2, noise);
  talk.after(4, [2]);
  assert.equal(talk.rig.word("rtp:2", words.INPUT_KIND), words.INPUT_NOISE);
  assert.deepEqual(talk.tick([2]), [10, 1, 11]);
});

test("eight conferences at once hear nothing of each other, and a pair that is joined passes untouched", () => {
  const talk = new Constants(5);
  const rig = talk.rig;
  for (let n = 5; n < 21; n++) {
    rig.openRtp(n, "L16/8000");
    mix(rig, `rtp:${n}`, `conference:${1 + (n % 8)}`);
  }
  for (const n of [0, 1, 2, 3]) mix(rig, `rtp:${n}`, n < 2 ? "conference:1" : "conference:8");
  rig.join("rtp:4", "rtp:4");
  const heard = talk.after(6);
  assert.deepEqual(heard.slice(0, 5), [10, 1, 1000, 100, 10_000]);
  for (let n = 5; n < 21; n++) assert.equal(heard[n], n % 8 === 0 ? 11 : n % 8 === 7 ? 1100 : 0, `rtp:${n}`);
  assert.equal(rig.word("rtp:4", words.OUT_KIND), words.OUT_PASS);
  assert.equal(rig.word("rtp:0", words.OUT_KIND), words.OUT_MIX);
  assert.equal(rig.word("rtp:6", words.OUT_KIND), words.OUT_SILENT);
  assert.equal(rig.status("rtp:0").peer, "conference:1");
});

test("a party too many, a conference that is none, and an endpoint that is closed are refused with the way out", () => {
  const rig = new Rig();
  for (let n = 0; n < 18; n++) rig.openRtp(n, "PCMA");
  for (let n = 0; n < 17; n++) mix(rig, `rtp:${n}`, "conference:5");
  mix(rig, "rtp:17", "conference:9");
  mix(rig, "rtp:17", "conference:0");
  mix(rig, "rtp:20", "conference:1");
  assert.deepEqual(rig.failures, [
    "conference:5 has its 16 parties: take another one, or wait until somebody leaves",
    "conference:9 is no conference: conference:1 to conference:8 are",
    "conference:0 is no conference: conference:1 to conference:8 are",
    "rtp:20 is closed: open it first",
  ]);
  assert.equal(rig.map.word(layout.HEADER_PARTIES), 16);
  rig.perform({ kind: "close", endpoint: "rtp:3" });
  mix(rig, "rtp:16", "conference:5");
  assert.equal(rig.failures.length, 4);
  assert.equal(rig.map.word(layout.HEADER_PARTIES), 16);
});
