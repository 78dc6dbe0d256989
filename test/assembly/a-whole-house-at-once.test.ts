import assert from "node:assert/strict";
import { test } from "node:test";
import * as layout from "../../assembly/layout.ts";
import { type RtpFormat, rtpFormats } from "../../src/message/media.ts";
import type { ConferenceName, Endpoint, RtpEndpoint, UsbEndpoint } from "../../src/message/name.ts";
import { CodecModule } from "../../src/voice/plugin/codec.ts";
import { TapRing } from "../../src/voice/tap.ts";
import { tapAddress } from "../../src/voice/taps.ts";
import { tinyCodec } from "../voice/plugin/tiny-codec.ts";
import { shapes } from "./coder.ts";
import { adaptive } from "./network.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, randomFrom, writeRtp } from "./rtp.ts";

const STREAMS = 12;
const streams = Array.from({ length: STREAMS }, (_, n): RtpEndpoint => `rtp:${n}`);
const channels: readonly UsbEndpoint[] = ["usb:dongle:1:0", "usb:dongle:1:1"];
const all: readonly Endpoint[] = [...streams, ...channels];
const rooms: readonly ConferenceName[] = ["conference:1", "conference:2", "conference:8"];
const LONGEST = 12 + 1280;

/** Of 30, 20 and 10 ms, named T, U and V. */
const tiny = [
  { name: 0x54, frameMs: 30 },
  { name: 0x55, frameMs: 20, clockRate: 16_000 },
  { name: 0x56, frameMs: 10, sampleRate: 16_000 },
].map((told) => new CodecModule(tinyCodec(told)));

/** Everything that there is, in any order, on a bad network. */
class House {
  readonly rig: Rig;
  readonly #random: () => number;
  readonly #formats: readonly RtpFormat[];
  readonly #times = new Map<number, number>();
  #ticks = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    const frameMs = seed % 2 === 0 ? 10 : 20;
    // One of 30 ms is no whole number of turns of 20.
    const codecs = tiny.slice(frameMs === 20 ? 1 : 0);
    this.#formats = [...rtpFormats, ...codecs.map(({ shape }) => `codec:${shape.name}/${shape.clockRate}` as const)];
    this.rig = new Rig({ ...adaptive, frameMs, codecs, rtpTimeoutMs: 1000 });
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    assert.ok(item !== undefined);
    return item;
  }

  #maybe(share = 0.5): boolean {
    return this.#random() < share;
  }

  order(): void {
    const { rig } = this;
    const endpoint = this.#pick(all);
    const what = Math.floor(this.#random() * 12);
    if (what < 3) this.#openRtp();
    else if (what === 3) this.#openUsb();
    else if (what === 4) rig.join(endpoint, this.#pick(all));
    else if (what === 5) rig.perform({ kind: "part", a: endpoint, b: this.#pick([...all, ...rooms]) });
    else if (what === 6) rig.perform({ kind: "mix", endpoint, conference: this.#pick(rooms) });
    else if (what === 7) rig.perform({ kind: "tone", endpoint, tone: this.#maybe() ? "busy" : null, country: "GB" });
    else if (what === 8)
      rig.perform({
        kind: "sendDigit",
        endpoint,
        digit: this.#pick(["1", "#", "D"]),
        durationMs: this.#random() * 9e3,
      });
    else if (what === 9) this.#tap(endpoint);
    else if (what === 10) rig.control.tap({ kind: "release", ring: Math.floor(this.#random() * layout.MAX_TAPS) });
    else rig.perform({ kind: "close", endpoint });
  }

  #openRtp(): void {
    this.rig.openRtp(Math.floor(this.#random() * STREAMS), this.#pick(this.#formats), {
      eventPayloadType: this.#maybe() ? 101 : null,
      direction: this.#pick(["sendrecv", "sendonly", "recvonly", "inactive"]),
      ...(this.#maybe() && { packetMs: this.#pick([10, 20, 30, 60]) }),
      ...(this.#maybe(0.2) && { mostPacketMs: this.#pick([10, 20, 45]) }),
      ...(this.#maybe() && { comfortNoise: true as const }),
      ...(this.#maybe(0.2) && { voiceBandData: true as const }),
      ...(this.#maybe(0.1) && { remote: null }),
    });
  }

  #openUsb(): void {
    this.rig.perform({
      kind: "openUsb",
      endpoint: this.#pick(channels),
      format: this.#pick(["PCMA", "PCMU", "L16"]),
      ...(this.#maybe() && { echoTailMs: this.#pick([8, 16, 32, 128]) }),
      ...(this.#maybe() && { muteKeys: true as const }),
      ...(this.#maybe() && { faxSearch: true as const }),
      ...(this.#maybe(0.2) && { voiceBandData: true as const }),
    });
  }

  #tap(endpoint: Endpoint): void {
    const ring = Math.floor(this.#random() * layout.MAX_TAPS);
    this.rig.control.tap({ kind: "release", ring });
    const samples = TapRing.make(this.rig.map.memory.buffer, tapAddress(ring) + layout.TAP_RING, layout.TAP_SAMPLES);
    if (this.#maybe()) return this.rig.control.tap({ kind: "record", ring, endpoint });
    samples.write(Int16Array.from({ length: 5000 }, () => this.#random() * 65536 - 32768));
    if (this.#maybe()) samples.end();
    this.rig.control.tap({ kind: "play", ring, endpoint, rateHz: this.#pick([8000, 16_000]) });
  }

  /** What comes from the network and the bus, and a tick. */
  tick(): void {
    this.#ticks++;
    for (let stream = 0; stream < STREAMS; stream++) if (this.#maybe(0.8)) this.#deliver(stream);
    for (const channel of [0, 1]) {
      const frame = Uint8Array.from({ length: 320 }, () => this.#random() * 256);
      if (this.#maybe(0.9)) this.rig.device.push(channel, "L16", this.#ticks, frame, this.rig.device.pulled(channel));
      this.rig.device.pull(channel, new Uint8Array(320));
    }
    const sent = this.rig.tick(this.#maybe(0.01) ? 1 + Math.floor(this.#random() * 200) : 1);
    for (const { stream, packet } of sent) {
      assert.ok(stream >= 0 && stream < STREAMS);
      assert.ok(packet.payload.length <= LONGEST);
    }
  }

  #deliver(stream: number): void {
    const time = (this.#times.get(stream) ?? 0) + 1;
    this.#times.set(stream, time);
    const format = this.#pick(this.#formats);
    const length = this.#maybe(0.8)
      ? (shapes[format as keyof typeof shapes]?.octets ?? this.#pick([33, 33, 66]))
      : this.#random() * 1400;
    const payload = Uint8Array.from({ length: Math.floor(length) }, () => this.#random() * 256);
    const payloadType = this.#pick([0, 8, 13, 96, 96, 96, 101]);
    const packet = writeRtp({ payloadType, sequence: time & 0xffff, timestamp: time * 160, payload });
    // Header and all, sometimes.
    for (let n = 0; this.#maybe(0.3) && n < 8; n++) {
      const at = Math.floor(this.#random() * packet.length);
      packet[at] = (packet[at] ?? 0) ^ (1 << n);
    }
    this.rig.deliver(stream, packet);
  }
}

test("whatever a whole house does at once, nothing traps, and the next call is heard to the bit", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const house = new House(seed);
    for (let tick = 0; tick < 300; tick++) {
      if (tick % 2 === 0) house.order();
      house.tick();
    }
    const { rig } = house;
    for (let ring = 0; ring < layout.MAX_TAPS; ring++) rig.control.tap({ kind: "release", ring });
    for (const endpoint of all) rig.perform({ kind: "close", endpoint });
    rig.tick();
    rig.openRtp(0, "PCMA");
    rig.openRtp(1, "PCMA");
    rig.join("rtp:0", "rtp:1");
    const heard: string[] = [];
    for (let n = 0; n < 60; n++) {
      if ((n * rig.frameMs) % 20 === 0) {
        const sequence = (n * rig.frameMs) / 20;
        rig.deliver(
          0,
          writeRtp({ payloadType: 8, ssrc: 77, sequence, timestamp: sequence * 160, payload: numberedFrame(sequence) }),
        );
      }
      const frame = rig.tickFor(1);
      if (frame !== null) heard.push(Buffer.from(frame).toString("hex"));
    }
    const wanted = Array.from({ length: 20 }, (_, n) => Buffer.from(numberedFrame(n)).toString("hex")).join("");
    assert.ok(heard.join("").includes(wanted), `seed ${seed}`);
  }
});
