import assert from "node:assert/strict";
import { test } from "node:test";
import { type RtpFormat, rtpFormats } from "../../src/message/media.ts";
import { shapes } from "./coder.ts";
import { Rig } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

const SEEDS = 60;
const TICKS = 300;
const PHONE = "usb:dongle:1:0";
const deviceFormats = ["PCMA", "PCMU", "L16"] as const;

type Random = () => number;

/** Silence, a key, full scale and noise, as a device or a far end may send them. */
function octets(random: Random, length: number): Uint8Array {
  const kind = random();
  if (kind < 0.2) return new Uint8Array(length).fill(0xd5);
  if (kind < 0.3) return new Uint8Array(length).fill(0x80);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  assert.ok(item !== undefined);
  return item;
}

/** A phone with an echo canceller and muted keys in a call that changes all the time, on a bad network and a bad bus. */
function live(seed: number): number {
  const random = randomFrom(seed);
  const rig = new Rig({ frameMs: seed % 2 === 0 ? 10 : 20 });
  let device = pick(random, deviceFormats);
  let format: RtpFormat = "PCMA";
  let sent = 0;
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: device, echoTailMs: pick(random, [8, 16, 32, 128]) });
  for (let n = 0; n < TICKS; n++) {
    const frame = octets(random, device === "L16" ? 320 : 160);
    if (random() < 0.9) rig.device.push(0, device, n + Math.floor(random() * 2), frame, rig.device.pulled(0));
    if (random() < 0.03) {
      device = pick(random, deviceFormats);
      const muteKeys = random() < 0.5 ? { muteKeys: true as const } : {};
      rig.perform({
        kind: "openUsb",
        endpoint: PHONE,
        format: device,
        echoTailMs: pick(random, [8, 16, 32, 128]),
        ...muteKeys,
      });
    }
    if (n === 0 || random() < 0.03) {
      format = pick(random, rtpFormats);
      rig.openRtp(0, format);
      rig.join(PHONE, random() < 0.8 ? "rtp:0" : PHONE);
    }
    const tone = random() < 0.05 ? (random() < 0.5 ? "busy" : null) : undefined;
    if (tone !== undefined) rig.perform({ kind: "tone", endpoint: PHONE, tone, country: "DE" });
    if (random() < 0.02)
      rig.perform({ kind: "sendDigit", endpoint: pick(random, [PHONE, "rtp:0"]), digit: "5", durationMs: 100 });
    const payloadType = random() < 0.1 ? 13 : format === "PCMU" ? 0 : format === "PCMA" ? 8 : 96;
    const payload = octets(random, random() < 0.9 ? shapes[format].octets : Math.floor(random() * 700));
    const timestamp = n * (format === "L16/16000" ? 320 : 160);
    if (random() < 0.85) rig.deliver(0, writeRtp({ payloadType, sequence: n & 0xffff, timestamp, payload }));
    sent += rig.tick(random() < 0.05 ? 1 + Math.floor(random() * 20) : 1).length;
    rig.device.pull(0, new Uint8Array(320));
  }
  return sent;
}

test("a call whose formats, network and bus change all the time never traps, and goes on sending", () => {
  for (let seed = 1; seed <= SEEDS; seed++) assert.ok(live(seed) > TICKS / 2, `seed ${seed}`);
});
