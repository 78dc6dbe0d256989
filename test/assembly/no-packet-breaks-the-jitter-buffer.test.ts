import assert from "node:assert/strict";
import { test } from "node:test";
import {
  JITTER_NEWEST,
  JITTER_PLAYED_TO,
  JITTER_PLAYOUT,
  JITTER_STARTED,
  SCALE_LEFT,
} from "../../assembly/endpoint-words.ts";
import type { RtpFormat } from "../../src/message/media.ts";
import { adaptive } from "./network.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

const MOST_FILL_MS = 400;

/** A stream to which anything may come: sizes, jumps, sources, copies, ticks that could not be held. */
class Storm {
  readonly rig: Rig;
  readonly #random: () => number;
  readonly #unitsPerMs: number;
  #sequence = 0;
  #timestamp = 0;
  #ssrc = 1;
  mostLeft = 0;

  constructor(seed: number, format: RtpFormat, frameMs: 10 | 20) {
    this.rig = new Rig({ ...adaptive, frameMs });
    this.#random = randomFrom(seed);
    this.#unitsPerMs = format === "L16/16000" ? 16 : 8;
    this.rig.openRtp(0, format, { payloadType: 96 });
    this.rig.openRtp(1, "PCMU");
    this.rig.join("rtp:0", "rtp:1");
  }

  #below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  #one(share: number): boolean {
    return this.#random() < share;
  }

  blow(): void {
    for (let packets = this.#below(4); packets > 0; packets--) {
      if (this.#one(0.01)) this.#ssrc++;
      if (this.#one(0.02)) this.#timestamp += this.#below(2 ** 32) - 2 ** 31;
      else if (this.#one(0.1)) this.#timestamp += this.#below(8000) - 4000;
      else this.#timestamp += 20 * this.#unitsPerMs;
      if (!this.#one(0.1)) this.#sequence += this.#one(0.1) ? this.#below(200) - 100 : 1;
      const octets = this.#one(0.7) ? 160 : 1 + this.#below(1280);
      this.#deliver(octets, this.#one(0.1));
    }
    this.rig.tick(this.#one(0.02) ? 1 + this.#below(500) : 1);
    this.#check();
  }

  #deliver(length: number, marker: boolean): void {
    const sequence = this.#sequence & 0xffff;
    const timestamp = this.#timestamp >>> 0;
    const payload = new Uint8Array(length).fill(0x35);
    this.rig.deliver(0, writeRtp({ payloadType: 96, ssrc: this.#ssrc, marker, sequence, timestamp, payload }));
  }

  #check(): void {
    const { jitterBuffer } = this.rig.status("rtp:0").quality;
    const word = (offset: number) => this.rig.word("rtp:0", offset);
    // A frame and 15 ms of 16 kHz at most.
    assert.ok(word(SCALE_LEFT) >= 0 && word(SCALE_LEFT) < 16 * (this.rig.frameMs + 15), `${word(SCALE_LEFT)} left`);
    this.mostLeft = Math.max(this.mostLeft, word(SCALE_LEFT));
    if (word(JITTER_STARTED) === 0 || jitterBuffer === null) return;
    const fill = (word(JITTER_NEWEST) - word(JITTER_PLAYOUT)) | 0;
    assert.ok(fill <= MOST_FILL_MS * this.#unitsPerMs, `${fill} units wait`);
    assert.ok(jitterBuffer.targetMs >= adaptive.jitterMinMs && jitterBuffer.targetMs <= adaptive.jitterMaxMs);
    // A frame may be there in part.
    const playedFrom = word(JITTER_PLAYED_TO) - this.rig.frameMs * this.#unitsPerMs;
    const isNow = word(JITTER_PLAYED_TO) === word(JITTER_PLAYOUT);
    if (isNow) assert.ok(((playedFrom - word(JITTER_NEWEST)) | 0) < 0, "played from nothing");
  }

  /** Two seconds of good weather: concealed frames of the last one. */
  calm(): number {
    let concealed = 0;
    for (let ms = 0; ms < 3000; ms += this.rig.frameMs) {
      if (ms % 20 === 0) {
        this.#timestamp += 20 * this.#unitsPerMs;
        this.#sequence++;
        this.#deliver(this.#unitsPerMs === 16 ? 640 : 160, false);
      }
      if (ms === 2000) concealed = this.rig.status("rtp:0").concealed;
      this.rig.tick();
    }
    return this.rig.status("rtp:0").concealed - concealed;
  }
}

for (const format of ["PCMA", "G722", "L16/16000"] as const)
  test(`whatever comes to a stream of ${format}, the buffer keeps its bounds, and good weather is heard whole`, () => {
    let mostLeft = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const storm = new Storm(seed, format, seed % 3 === 0 ? 10 : 20);
      for (let tick = 0; tick < 600; tick++) storm.blow();
      const concealed = storm.calm();
      assert.ok(concealed <= 1, `seed ${seed}: ${concealed} frames made up`);
      mostLeft = Math.max(mostLeft, storm.mostLeft);
    }
    assert.ok(mostLeft > 0, "the sound was made longer or shorter");
  });
