import assert from "node:assert/strict";
import { test } from "node:test";
import { JITTER_PLAYOUT, SCALE_LEFT, SCALE_RESTED } from "../../assembly/endpoint-words.ts";
import { endpointAddress } from "../../src/voice/map.ts";
import { Coder } from "./coder.ts";
import { vowel } from "./heard-speech.ts";
import { KernelRig } from "./kernel-rig.ts";
import { KeyListener, keySound } from "./key-sound.ts";
import { adaptive } from "./network.ts";
import { Rig } from "./rig.ts";
import { writeRtp } from "./rtp.ts";

/** What a stream of A-law is heard as, with a network without jitter: some 8 s on 40 ms of its buffer are too many. */
class Talk {
  readonly rig: Rig;
  readonly sound: Int16Array;
  readonly #coder = new Coder("PCMA");
  #n = 0;

  constructor(sound: Int16Array, frameMs: 10 | 20) {
    this.sound = sound;
    this.rig = new Rig({ ...adaptive, frameMs });
    this.rig.openRtp(0, "PCMA");
    this.rig.openRtp(1, "L16/8000");
    this.rig.join("rtp:0", "rtp:1");
  }

  /** 20 ms are said; what is heard meanwhile. */
  tick(): number[] {
    const from = (160 * this.#n) % this.sound.length;
    const payload = this.#coder.encode(this.sound.subarray(from, from + 160));
    this.rig.deliver(0, writeRtp({ sequence: this.#n & 0xffff, timestamp: 160 * this.#n, payload }));
    this.#n++;
    return this.hear(20);
  }

  hear(ms: number): number[] {
    const heard: number[] = [];
    for (let passed = 0; passed < ms; passed += this.rig.frameMs) {
      const octets = this.rig.tickFor(1) ?? new Uint8Array();
      const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
      for (let at = 0; at < octets.length; at += 2) heard.push(view.getInt16(at));
    }
    return heard;
  }

  get left(): number {
    return this.rig.word("rtp:0", SCALE_LEFT);
  }

  until(isSo: () => boolean): void {
    for (let n = 0; !isSo(); n++) {
      if (n > 1000) assert.fail("it never came to that");
      this.tick();
    }
  }
}

test("keys of 40 ms with 40 ms between them are all heard while the buffer becomes shallower, wherever that begins", () => {
  const listener = new KeyListener(new KernelRig());
  const one = keySound({ key: "5", ms: 40, beforeMs: 0, afterMs: 40 });
  const sent = "5".repeat(40);
  for (const frameMs of [20, 10] as const)
    for (let shiftMs = 0; shiftMs < 80; shiftMs += 10) {
      const train = Int16Array.from([
        ...vowel(1),
        ...new Int16Array(8 * (6500 + shiftMs)),
        ...Array.from(sent, () => [...one]).flat(),
        ...new Int16Array(160 * 50),
      ]);
      const talk = new Talk(train.subarray(0, train.length - (train.length % 160)), frameMs);
      const heard: number[] = [];
      for (let n = 0; n < talk.sound.length / 160; n++) heard.push(...talk.tick());
      assert.equal(listener.keys(Int16Array.from(heard.slice(8 * 7000))), sent, `${frameMs} ms, ${shiftMs} ms later`);
      assert.ok((talk.rig.status("rtp:0").quality.jitterBuffer?.dropped ?? 0) >= 1);
    }
});

test("a stream of another rate begins in the middle of a change: what is left is heard first", () => {
  const sound = vowel(20);
  for (const frameMs of [20, 10] as const) {
    const talk = new Talk(sound, frameMs);
    talk.until(() => talk.left > 40);
    const coder = new Coder("PCMA");
    const said = Array.from({ length: sound.length / 160 }, (_, n) => [
      ...coder.decode(coder.encode(sound.subarray(160 * n, 160 * (n + 1)))),
    ]).flat();
    const left = talk.left;
    const place = talk.rig.word("rtp:0", JITTER_PLAYOUT) - left;
    talk.rig.openRtp(0, "G722");
    assert.deepEqual(talk.hear(frameMs).slice(0, left), said.slice(place, place + Math.min(left, 8 * frameMs)));
  }
});

test("a stream whose sound has not been changed for three days is changed when it has to be", () => {
  const talk = new Talk(vowel(20), 20);
  talk.until(() => (talk.rig.status("rtp:0").quality.jitterBuffer?.depthMs ?? 0) > 0);
  const at = endpointAddress(talk.rig.control.endpoints.indexOf("rtp:0") ?? 0) + SCALE_RESTED;
  // 2^31 times 125 µs.
  talk.rig.map.setWord(at, 0x7fffff00);
  talk.until(() => talk.left > 0 && talk.left < 160);
});
