import assert from "node:assert/strict";
import { test } from "node:test";
import { JITTER_PLAYOUT, SCALE_LEFT } from "../../assembly/endpoint-words.ts";
import type { RtpFormat } from "../../src/message/media.ts";
import type { Endpoint } from "../../src/message/name.ts";
import { endpointAddress } from "../../src/voice/map.ts";
import { changeQuality, largestStep } from "./change-quality.ts";
import { Coder } from "./coder.ts";
import { type HeardSpeech, hear, talkWithoutPause, vowel, type Way } from "./heard-speech.ts";
import { keySound } from "./key-sound.ts";
import { sine } from "./measure.ts";
import { adaptive } from "./network.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, randomFrom, writeRtp } from "./rtp.ts";

const talk = talkWithoutPause(8000, 5);
const hum = vowel(70);
/** A frame and 15 ms. */
const MOST_LEFT_MS = { 10: 25, 20: 35 } as const;

/** ms by which the sound jumped at each change: more than 0 = something was left out. */
function jumps({ places, changes }: HeardSpeech): number[] {
  return changes.map((at) => ((places[at] ?? 0) - (places[at - 1] ?? 0) - 1) / 8);
}

// In the comments: what whole frames, put in and left out, gave of the same.

test("speech without a pause that has to be shorter keeps its periods and its spectrum, has no clicks, and nothing is lost", () => {
  const outcome = hear(talk, { ppm: 3000 });
  const { changes, distance, periodicityLost, step } = changeQuality(outcome);
  assert.ok(changes > 20);
  assert.ok(distance < 0.8, `${distance} dB; 1.79`);
  assert.ok(periodicityLost < 0.06, `${periodicityLost}; 0.18`);
  assert.ok(step <= 1, `${step} of the original's steps; 1.48`);
  const { late, concealed, quality } = outcome.status;
  assert.deepEqual([late, concealed, quality.losses?.discardedShare, outcome.inexact], [0, 0, 0, 0]);
  assert.equal(quality.jitterBuffer?.dropped, 9);
});

test("speech without a pause that has to be longer is not made up but stretched", () => {
  const outcome = hear(talk, { ppm: -3000 });
  const { distance, periodicityLost, step } = changeQuality(outcome);
  assert.ok(distance < 1.6, `${distance} dB; 3.31`);
  assert.ok(periodicityLost < 0.02, `${periodicityLost}; 0.23`);
  assert.ok(step <= 1, `${step}`);
  const { late, concealed, quality } = outcome.status;
  assert.deepEqual([late, outcome.inexact, quality.jitterBuffer?.inserted], [0, 0, 6]);
  assert.ok(concealed <= 2, `${concealed} frames made up; 6`);
});

/** 15 s of jitter, between calm. */
const worseAndBetter: Way = {
  delayMs: (at, random) => 5 + (at > 10_000 && at < 25_000 ? 80 : 5) * random(),
};

for (const [frameMs, longer, shorter] of [
  [20, 2200, 2200], // 9980 and 13280
  [10, 3500, 3500], // 9260 and 10560
] as const)
  test(`a network gets worse and better under a vowel: in frames of ${frameMs} ms the depth follows before the vowel ends`, () => {
    const outcome = hear(hum, { ...worseAndBetter, frameMs });
    assert.ok(outcome.waited.longer <= longer && outcome.waited.shorter <= shorter, JSON.stringify(outcome.waited));
    assert.ok(jumps(outcome).every((ms) => ms <= 15));
    const { late, quality } = outcome.status;
    assert.deepEqual([late, quality.losses?.lostShare, quality.losses?.discardedShare, outcome.inexact], [0, 0, 0, 0]);
    assert.ok((quality.jitterBuffer?.dropped ?? 0) >= 5 && (quality.jitterBuffer?.inserted ?? 0) >= 1);
    assert.equal(quality.jitterBuffer?.depthMs, 20);
    assert.ok(outcome.mostLeft > 0 && outcome.mostLeft < MOST_LEFT_MS[frameMs]);
    // The first second has the beginning of the sound.
    const steps = [outcome.heard, outcome.original].map((samples) => largestStep(samples, 8000, samples.length));
    assert.ok((steps[0] ?? 0) <= (steps[1] ?? 0));
  });

test("a wide stream whose decoder remembers is decoded frame by frame, whatever the depth does", () => {
  const once = talkWithoutPause(16_000, 1);
  const wide = Int16Array.from([...once, ...once]);
  for (const [ppm, frameMs] of [
    [3000, 20],
    [3000, 10],
    [-3000, 20],
    [-3000, 10],
  ] as const) {
    const outcome = hear(wide, { format: "G722", ppm, frameMs });
    // What follows a frame that was made up is joined to it.
    assert.ok(outcome.changes.length > 0 && outcome.inexact <= outcome.status.concealed, `${outcome.inexact} frames`);
    assert.ok(outcome.mostLeft > 0 && outcome.mostLeft < MOST_LEFT_MS[frameMs]);
  }
});

/** A far end that says `sound` in A-law, and nothing of it is late. */
class Sender {
  readonly rig: Rig;
  readonly #payloads: readonly Uint8Array[];
  n = 0;

  constructor(sound: Int16Array, format: RtpFormat, frameMs: 10 | 20 = 20) {
    const coder = new Coder("PCMA");
    this.#payloads = Array.from({ length: sound.length / 160 }, (_, n) =>
      coder.encode(sound.subarray(160 * n, 160 * (n + 1))),
    );
    this.rig = new Rig({ ...adaptive, frameMs });
    this.rig.openRtp(0, "PCMA");
    this.rig.openRtp(1, format);
    this.rig.join("rtp:0", "rtp:1");
  }

  /** 20 ms; what the other stream got. */
  tick(): Int16Array {
    this.deliver(this.#payloads[this.n % this.#payloads.length] ?? new Uint8Array(160));
    const octets = this.hear();
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    return Int16Array.from({ length: octets.length >> 1 }, (_, k) => view.getInt16(2 * k));
  }

  deliver(payload: Uint8Array): void {
    const n = this.n++;
    this.rig.deliver(0, writeRtp({ sequence: n & 0xffff, timestamp: 160 * n, payload }));
  }

  hear(): Uint8Array {
    const ticks = Array.from({ length: 20 / this.rig.frameMs }, () => this.rig.tickFor(1) ?? new Uint8Array());
    return Buffer.concat(ticks);
  }

  get left(): number {
    return this.rig.word("rtp:0", SCALE_LEFT);
  }

  /** Until the sound is being made shorter. */
  untilLeft(): void {
    while (this.left === 0) {
      if (this.n > 1000) assert.fail("nothing was ever left");
      this.tick();
    }
  }
}

test("a key that is held while the buffer is too deep lasts as long as it was pressed; in the pause nothing is left", () => {
  for (const key of ["1", "5", "9", "D"]) {
    // 60 ms are too many from 8.3 s on.
    const pressed = keySound({ key, ms: 2000, beforeMs: 500, afterMs: 1500 });
    const sender = new Sender(Int16Array.from([...hum.subarray(0, 8 * 7600), ...pressed]), "L16/8000");
    const heard: number[] = [];
    let mostLeft = 0;
    while (sender.n < 580) {
      heard.push(...sender.tick());
      mostLeft = Math.max(mostLeft, sender.left);
    }
    assert.ok(mostLeft >= 160, "it waits until it may be shorter");
    const loud = heard.flatMap((sample, n) => (n > 7800 * 8 && Math.abs(sample) > 300 ? [n] : []));
    const ms = ((loud.at(-1) ?? 0) - (loud[0] ?? 0)) / 8;
    // A frame of the pause is left out, and joined to the key's end.
    assert.ok(Math.abs(ms - 2000) < 5, `${key}: ${ms} ms`);
    assert.equal(sender.left, 0);
  }
});

test("when the octets pass again they are what came, and nothing is left", () => {
  for (const frameMs of [20, 10] as const) {
    const sender = new Sender(hum, "L16/8000", frameMs);
    sender.untilLeft();
    sender.rig.openRtp(1, "PCMA");
    const sent: Uint8Array[] = [];
    const got: Uint8Array[] = [];
    for (let n = 0; n < 20; n++) {
      sent.push(numberedFrame(sender.n));
      sender.deliver(numberedFrame(sender.n));
      got.push(sender.hear());
      assert.equal(sender.left, 0);
    }
    // The last ones wait.
    assert.ok(Buffer.concat(got).includes(Buffer.concat(sent.slice(0, 16))));
  }
});

test("octets that pass are never made longer or shorter, whatever the network does, and loses", () => {
  const rig = new Rig(adaptive);
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.join("rtp:0", "rtp:1");
  const random = randomFrom(3);
  const arrivals = Array.from({ length: 3500 }, (_, n) => {
    const rough = n > 500 && n < 1250;
    return { n, at: 7 + 20 * n + 5 + (rough ? 80 : 5) * random() };
  })
    .filter(() => random() > 0.1)
    .sort((a, b) => a.at - b.at);
  const heard: number[] = [];
  for (let now = 0, next = 0; next < arrivals.length; now += 20) {
    for (let one = arrivals[next]; one !== undefined && one.at <= now; one = arrivals[++next])
      rig.deliver(0, writeRtp({ sequence: one.n, timestamp: 160 * one.n, payload: numberedFrame(one.n) }));
    heard.push(numberOf(rig.tickFor(1) ?? new Uint8Array()) ?? -1);
    assert.equal(rig.word("rtp:0", SCALE_LEFT), 0);
  }
  const { inserted = 0, dropped = 0 } = rig.status("rtp:0").quality.jitterBuffer ?? {};
  assert.ok(inserted >= 1 && dropped >= 4);
  const whole = heard.filter((number) => number >= 0);
  assert.ok(whole.length > 2500 && whole.every((number, n) => n === 0 || number > (whole[n - 1] ?? 0)));
});

test("of voice-band data nothing is left from the first frame on, and each is what came", () => {
  const sender = new Sender(hum, "L16/8000");
  sender.untilLeft();
  sender.rig.openRtp(0, "PCMA", { voiceBandData: true });
  sender.tick();
  const coder = new Coder("PCMA");
  let made = 0;
  for (let n = 0; n < 1500; n++) {
    const before = sender.rig.word("rtp:0", JITTER_PLAYOUT);
    const heard = sender.tick();
    assert.equal(sender.left, 0);
    // It is made as deep as the configuration says, once, by silence.
    if (sender.rig.word("rtp:0", JITTER_PLAYOUT) === before) {
      made++;
      continue;
    }
    const frame = ((sender.rig.word("rtp:0", JITTER_PLAYOUT) - 160) / 160) | 0;
    const said = coder.decode(coder.encode(hum.subarray(160 * frame, 160 * (frame + 1))));
    assert.deepEqual(heard, said, `${n}`);
  }
  assert.ok(made <= 1);
});

test("who hears it in a conference, or at a device, hears it made shorter too; a recording alone changes nothing", () => {
  const listeners: readonly ((rig: Rig) => void)[] = [
    (rig) => {
      for (const endpoint of ["rtp:0", "rtp:1"] as const)
        rig.perform({ kind: "mix", endpoint, conference: "conference:1" });
    },
    (rig) => {
      rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
      rig.join("rtp:0", "usb:dongle:1:0");
    },
  ];
  for (const listen of listeners) {
    const sender = new Sender(hum, "L16/8000");
    listen(sender.rig);
    sender.untilLeft();
    assert.equal(sender.rig.status("rtp:0").quality.jitterBuffer?.dropped, 1);
  }
});

test("what is left to be heard is told as delay", () => {
  const sender = new Sender(hum, "L16/8000");
  sender.untilLeft();
  const { bufferMs } = sender.rig.status("rtp:0").quality;
  const left = sender.left;
  sender.rig.map.setWord(addressOfLeft(sender.rig), 0);
  const without = sender.rig.status("rtp:0").quality.bufferMs;
  assert.ok(Math.abs((bufferMs ?? 0) - (without ?? 0) - left / 8) < 0.15, `${bufferMs}, ${without}, ${left}`);
});

function addressOfLeft(rig: Rig): number {
  const endpoint: Endpoint = "rtp:0";
  return endpointAddress(rig.control.endpoints.indexOf(endpoint) ?? 0) + SCALE_LEFT;
}

test("a stream that changes to a codec of the other rate is concealed at that rate", () => {
  const lost = (begin: (rig: Rig) => void) => {
    const rig = new Rig({ jitterMs: 40 });
    begin(rig);
    rig.openRtp(1, "PCMU");
    rig.join("rtp:0", "rtp:1");
    return rig;
  };
  const changed = lost((rig) => rig.openRtp(0, "PCMA"));
  for (let n = 0; n < 20; n++) {
    changed.deliver(0, writeRtp({ sequence: n, timestamp: 160 * n, payload: new Uint8Array(160).fill(0x2a) }));
    changed.tick();
  }
  changed.openRtp(0, "L16/16000");
  const fresh = lost((rig) => rig.openRtp(0, "L16/16000"));
  const said = sine(300, -10, 320 * 40);
  const hears = [changed, fresh].map((rig) => {
    const heard: number[] = [];
    for (let n = 0; n < 40; n++) {
      const payload = new Uint8Array(640);
      const view = new DataView(payload.buffer);
      said.subarray(320 * n, 320 * (n + 1)).forEach((sample, k) => {
        view.setInt16(2 * k, sample);
      });
      if (n !== 30)
        rig.deliver(0, writeRtp({ payloadType: 96, sequence: 100 + n, timestamp: 9600 + 320 * n, payload }));
      heard.push(...(rig.tickFor(1) ?? []));
    }
    return heard.slice(160 * 20);
  });
  assert.deepEqual(hears[0], hears[1]);
});
