import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Rig } from "./rig.ts";
import { writeRtp } from "./rtp.ts";

const vectors = new URL("../../../shared/vectors/codec/g711/", import.meta.url);

function words(name: string): Int16Array {
  const octets = readFileSync(new URL(name, vectors));
  return new Int16Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.length));
}

const FRAMES = 410;

/** Sends samples from a USB channel to a stream; returns what the stream sends. */
function encodeAll(samples: Int16Array, format: "PCMU" | "PCMA"): Uint8Array {
  const rig = new Rig();
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.openRtp(0, format);
  rig.join("usb:dongle:1:0", "rtp:0");
  const padded = new Int16Array(FRAMES * 160);
  padded.set(samples);
  const sent: number[] = [];
  // What a device sent before its channel opened is not played.
  rig.tick();
  for (let n = 0; n < FRAMES + 1; n++) {
    const frame = padded.subarray(n * 160, n * 160 + 160);
    if (n < FRAMES) rig.device.push(0, "L16", n, new Uint8Array(frame.buffer, frame.byteOffset, 320));
    // The first tick has one frame, the ring waits for the second.
    const payload = rig.tickFor(0);
    if (n > 0) sent.push(...(payload ?? []));
  }
  return Uint8Array.from(sent.slice(0, samples.length));
}

/** Sends octets from a stream to a USB channel; returns what the channel hears. */
function decodeAll(octets: Uint8Array, format: "PCMU" | "PCMA"): Int16Array {
  const rig = new Rig({ jitterMs: 0 });
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.openRtp(0, format);
  rig.join("usb:dongle:1:0", "rtp:0");
  const padded = new Uint8Array(FRAMES * 160);
  padded.set(octets);
  const heard: number[] = [];
  for (let n = 0; n < FRAMES + 1; n++) {
    const payload = padded.subarray(n * 160, n * 160 + 160);
    if (n < FRAMES)
      rig.deliver(0, writeRtp({ payloadType: format === "PCMU" ? 0 : 8, sequence: n, timestamp: n * 160, payload }));
    heard.push(...(rig.tickSamples(0) ?? []));
  }
  return Int16Array.from(heard.slice(0, octets.length));
}

for (const [format, coded, decoded] of [
  ["PCMU", "sweep-r.u", "sweep-r.u-u"],
  ["PCMA", "sweep-r.a", "sweep-r.a-a"],
] as const) {
  const octets = Uint8Array.from(words(coded), (word) => word & 0xff);

  test(`${format} encodes all 65,536 samples as the ITU-T says`, () => {
    assert.deepEqual(encodeAll(words("sweep.src"), format), octets);
  });

  test(`${format} decodes what it encoded as the ITU-T says`, () => {
    assert.deepEqual(decodeAll(octets, format), words(decoded));
  });
}
