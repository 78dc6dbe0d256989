/** ITU-T T.30 and V.25 tones in a call, as the tick finds them, and what V.152 wants of a path that carries a machine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { JITTER_PLAYOUT } from "../../assembly/endpoint-words.ts";
import type { BuiltInFormat } from "../../src/message/media.ts";
import { Coder, shapes } from "./coder.ts";
import { faxSound } from "./fax-sound.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, writeRtp } from "./rtp.ts";
import { speech } from "./speech.ts";

const port = "usb:dongle:1:0";
const cng = faxSound({ hertz: 1100, ms: 500 });
const ced = faxSound({ hertz: 2100, ms: 2600 });
const ansam = faxSound({ hertz: 2100, ms: 3300, reversalMs: 450 });
const silence = new Int16Array(160);
const silencePcma = new Uint8Array(160).fill(0xd5);

interface Call {
  /** Of the far end; the port speaks A-law. */
  readonly format: BuiltInFormat;
  readonly port: object;
  /** A tick; 20 when it is not said. */
  readonly frameMs?: 10 | 20;
}

/** Sounds of both sides, frame by frame; returns what was told. */
function talk({ format, port: more, frameMs = 20 }: Call, phone: Int16Array, farEnd: Int16Array) {
  const rig = new Rig({ frameMs });
  const coders = { phone: new Coder("PCMA"), farEnd: new Coder(format) };
  rig.openRtp(0, format);
  rig.perform({ kind: "openUsb", endpoint: port, format: "PCMA", ...more });
  rig.join("rtp:0", port);
  const length = Math.max(phone.length, farEnd.length);
  const isWide = shapes[format].rate === 16000;
  for (let n = 0; n * 160 < length; n++) {
    rig.device.push(0, "PCMA", n, coders.phone.encode(frameOf(phone, n)));
    const theirs = frameOf(farEnd, n);
    const payload = coders.farEnd.encode(isWide ? twice(theirs) : theirs);
    const payloadType = format === "PCMA" ? 8 : format === "PCMU" ? 0 : 96;
    const timestamp = n * (format === "L16/16000" ? 320 : 160);
    rig.deliver(0, writeRtp({ payloadType, sequence: n, timestamp, payload }));
    for (let passed = 0; passed < 20; passed += frameMs) rig.tick();
    rig.device.pull(0, new Uint8Array(320));
  }
  return rig.events.flatMap((event) => (event.kind === "faxTone" ? [`${event.tone} of ${event.from}`] : []));
}

function frameOf(samples: Int16Array, n: number): Int16Array {
  const frame = samples.slice(n * 160, n * 160 + 160);
  return frame.length === 160 ? frame : silence;
}

/** To 16 kHz, well enough for a tone. */
function twice(samples: Int16Array): Int16Array {
  const sample = (n: number) => samples[Math.min(n, samples.length - 1)] ?? 0;
  return Int16Array.from({ length: 2 * samples.length }, (_, n) =>
    n % 2 === 0 ? sample(n / 2) : (sample((n - 1) / 2) + sample((n + 1) / 2)) / 2,
  );
}

const nobody = new Int16Array(0);
const search = { faxSearch: true } as const;
const ports = {
  "passes untouched": search,
  "has an echo canceller": { ...search, echoTailMs: 16 as const },
  "has its keys muted": { ...search, muteKeys: true as const },
};

for (const [what, options] of Object.entries(ports)) {
  test(`a channel that ${what}: a fax machine calls or answers, at the phone or at the far end, and is told once`, () => {
    const call = { format: "PCMA", port: options } as const;
    assert.deepEqual(talk(call, Int16Array.from([...cng, ...cng, ...cng]), nobody), ["cng of phone"]);
    assert.deepEqual(talk(call, nobody, Int16Array.from([...cng, ...cng])), ["cng of farEnd"]);
    assert.deepEqual(talk(call, Int16Array.from([...ced, ...ced]), nobody), ["ced of phone"]);
    assert.deepEqual(talk(call, nobody, ansam), ["ced of farEnd", "ansam of farEnd"]);
  });
}

test("behind every codec the far end's machine is heard", () => {
  for (const format of ["PCMU", "G722", "G726-32", "L16/8000", "L16/16000"] as const)
    assert.deepEqual(talk({ format, port: search }, nobody, ced), ["ced of farEnd"], format);
});

test("ticks of 10 ms hear the same", () => {
  const call = { format: "G722", port: { ...search, echoTailMs: 16 }, frameMs: 10 } as const;
  assert.deepEqual(talk(call, cng, nobody), ["cng of phone"]);
  assert.deepEqual(talk(call, nobody, ansam), ["ced of farEnd", "ansam of farEnd"]);
});

test("both sides at once are told apart", () => {
  const heard = talk({ format: "PCMA", port: search }, cng, ced);
  assert.deepEqual(heard.sort(), ["ced of farEnd", "cng of phone"]);
});

test("without the search nothing is told", () => {
  assert.deepEqual(talk({ format: "PCMA", port: {} }, cng, ced), []);
});

test("talk of both sides is no fax machine", () => {
  const said = speech(8000, 6);
  const whole = (from: number) => Int16Array.from(said.filter((_, n) => n % 2 === from).flatMap((one) => [...one]));
  const [phone, farEnd] = [whole(0), whole(1)];
  assert.ok(phone.length + farEnd.length > 60 * 8000, "less than a minute of speech");
  assert.deepEqual(talk({ format: "PCMA", port: { ...search, echoTailMs: 16 } }, phone, farEnd), []);
});

test("what is searched passes untouched, every octet, both ways", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.perform({ kind: "openUsb", endpoint: port, format: "PCMA", faxSearch: true });
  rig.join("rtp:0", port);
  const heard: { phone: (number | null)[]; farEnd: (number | null)[] } = { phone: [], farEnd: [] };
  for (let n = 0; n < 200; n++) {
    rig.device.push(0, "PCMA", n, numberedFrame(n));
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    heard.farEnd.push(numberOf(rig.tickFor(0) ?? silencePcma));
    const frame = new Uint8Array(160);
    if (rig.device.pull(0, frame) === 160) heard.phone.push(numberOf(frame));
  }
  for (const numbers of Object.values(heard)) {
    const known = numbers.filter((number) => number !== null);
    const first = known[0] ?? 0;
    assert.ok(known.length > 190);
    assert.deepEqual(
      known,
      known.map((_, n) => first + n),
    );
  }
});

/** A stream into an echo; frames that `isLost` are not delivered. Gives what came back, tick by tick. */
function echoed(rig: Rig, count: number, isLost: (n: number) => boolean): Uint8Array[] {
  rig.openRtp(0, "PCMA", { voiceBandData: true });
  rig.join("rtp:0", "rtp:0");
  return Array.from({ length: count }, (_, n) => {
    if (!isLost(n)) rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    return rig.tickFor(0) ?? new Uint8Array(0);
  });
}

test("of a machine's sound nothing is made up: what is lost is silence, and the next frame is whole", () => {
  const rig = new Rig();
  const heard = echoed(rig, 60, (n) => n % 10 === 5);
  for (let n = 10; n < 58; n++) {
    if (n % 10 === 5) assert.deepEqual(heard[n + 2], silencePcma, `frame ${n}`);
    else assert.equal(numberOf(heard[n + 2] ?? silencePcma), n);
  }
  assert.equal(rig.status("rtp:0").concealed, 0);
});

test("half a frame is half a frame and silence", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA", { voiceBandData: true });
  rig.join("rtp:0", "rtp:0");
  const whole = numberedFrame(7);
  let half = new Uint8Array(0);
  for (let n = 0; n < 12; n++) {
    const payload = n === 8 ? whole.subarray(0, 80) : whole;
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload }));
    const sent = rig.tickFor(0);
    if (n === 10 && sent !== null) half = Uint8Array.from(sent);
  }
  assert.deepEqual(half.subarray(0, 80), whole.subarray(0, 80));
  assert.deepEqual(half.subarray(80), silencePcma.subarray(80));
});

test("a machine hears no comfort noise", () => {
  const rig = new Rig();
  echoed(rig, 20, () => false);
  const noise = writeRtp({ payloadType: 13, sequence: 20, timestamp: 3200, payload: Uint8Array.from([40]) });
  rig.deliver(0, noise);
  for (let n = 0; n < 4; n++) rig.tick();
  for (let n = 0; n < 10; n++) assert.deepEqual(rig.tickFor(0), silencePcma);
});

/** Packets that come a frame late, one of three, for two seconds: a buffer for voice gets deeper. */
function delayAfterLateness(voiceBandData: boolean): number {
  const rig = new Rig({ jitterMs: 40, jitterMinMs: 20, jitterMaxMs: 200 });
  rig.openRtp(0, "PCMA", voiceBandData ? { voiceBandData } : {});
  rig.join("rtp:0", "rtp:0");
  const held: number[] = [];
  let playedUntil = 0;
  for (let n = 0; n < 150; n++) {
    if (n % 3 === 2 && n < 100) held.push(n);
    else rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    const due = held.findIndex((late) => n - late >= 4);
    if (due >= 0) {
      const late = held.splice(due, 1)[0] ?? 0;
      rig.deliver(0, writeRtp({ sequence: late, timestamp: late * 160, payload: numberedFrame(late) }));
    }
    rig.tick();
    playedUntil = rig.word("rtp:0", JITTER_PLAYOUT);
  }
  return 150 - playedUntil / 160;
}

test("the jitter buffer of a machine keeps its depth, that of a voice gets deeper", () => {
  assert.equal(delayAfterLateness(true), 2);
  assert.ok(delayAfterLateness(false) > 2);
});

test("from the moment it carries a machine the path is left alone, and no tone is searched for any more", () => {
  const rig = new Rig();
  const coder = new Coder("PCMA");
  rig.openRtp(0, "PCMA");
  rig.perform({ kind: "openUsb", endpoint: port, format: "PCMA", faxSearch: true, echoTailMs: 16, muteKeys: true });
  rig.join("rtp:0", port);
  const sent: (number | null)[] = [];
  for (let n = 0; n < 100; n++) {
    if (n === 50) rig.perform({ kind: "openUsb", endpoint: port, format: "PCMA", voiceBandData: true });
    const payload = n < 50 ? coder.encode(frameOf(cng, n)) : numberedFrame(n);
    rig.device.push(0, "PCMA", n, payload);
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: coder.encode(frameOf(ced, n)) }));
    sent.push(numberOf(rig.tickFor(0) ?? silencePcma));
  }
  assert.deepEqual(rig.events, []);
  const passed = sent.slice(60);
  assert.deepEqual(
    passed,
    passed.map((_, n) => (passed[0] ?? 0) + n),
    "the canceller and the muting of keys would have changed them",
  );
});
