/**
 * What the voice kernels compute, as one SHA-256 for each kernel. Bundled into one file it runs on any processor that
 * has Node; `test/ratchet.json` says where it must give the same.
 *
 *   node kernel-hash.mjs VECTORS        prints {"KERNEL":"SHA-256", …}
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CallerIdStandard } from "../../src/message/country.ts";
import { countries } from "../../src/message/country.ts";
import type { Digit } from "../../src/message/name.ts";
import { writeData, writeTone } from "../../src/voice/tone-words.ts";
import { Rig } from "../assembly/rig.ts";
import { randomFrom, writeRtp } from "../assembly/rtp.ts";
import { hashCodec } from "./codec-hash.ts";
import { hashEcho } from "./echo-hash.ts";
import { hashConceal, hashNoise } from "./gap-and-background-hash.ts";
import { hashDrift, hashMix, hashRate } from "./rate-hash.ts";
import { hashDtmfDetect, hashFaxDetect } from "./signal-hash.ts";
import { hashStretch } from "./stretch-hash.ts";

export const kernelNames = [
  "g711-a-law",
  "g711-mu-law",
  "g722",
  "g726",
  "tone",
  "dtmf",
  "caller-id",
  "jitter",
  "conceal",
  "noise",
  "dtmf-detect",
  "fax-detect",
  "echo",
  "rate",
  "drift",
  "mix",
  "stretch",
] as const;
export type KernelName = (typeof kernelNames)[number];

const FRAME = 160;
const PHONE = "usb:dongle:1:0";
const STREAM = "rtp:0";
/** Of the vectors: all 65536 samples, and all octets in both laws. */
const SWEEP = "codec/g711/sweep.src";
/** Long enough for any cadence to change. */
const TONE_FRAMES = 75;
const KEYS = "0123456789*#ABCD";

type Law = "PCMU" | "PCMA";
type Update = (octets: Uint8Array) => void;

const kernels: Readonly<Record<KernelName, (update: Update, vectors: string) => void>> = {
  "g711-a-law": (update, vectors) => convert(update, vectors, "PCMA", "PCMU"),
  "g711-mu-law": (update, vectors) => convert(update, vectors, "PCMU", "PCMA"),
  g722: hashCodec("g722"),
  g726: hashCodec("g726"),
  tone: tones,
  dtmf: keys,
  "caller-id": (update) => {
    modem(update, "bell202");
    modem(update, "v23");
  },
  jitter: badNetwork,
  conceal: hashConceal,
  noise: hashNoise,
  "dtmf-detect": hashDtmfDetect,
  "fax-detect": hashFaxDetect,
  echo: hashEcho,
  rate: hashRate,
  drift: hashDrift,
  mix: hashMix,
  stretch: hashStretch,
};

/** `vectors`: the folder of the test vectors. */
export function kernelHash(kernel: KernelName, vectors: string): string {
  const hash = createHash("sha256");
  kernels[kernel]((octets) => hash.update(octets), vectors);
  return hash.digest("hex");
}

/** The sweep from a phone to a stream, and what the stream sent from there on to a phone, and in the other law. */
function convert(update: Update, vectors: string, format: Law, other: Law): void {
  const samples = readFileSync(join(vectors, SWEEP));
  const encode = rigWithPhone(format);
  const decode = rigWithPhone(format);
  const transcode = new Rig({ jitterMs: 20 });
  transcode.openRtp(0, format);
  transcode.openRtp(1, other);
  transcode.join(STREAM, "rtp:1");
  for (let n = 0; n * 2 * FRAME < samples.length; n++) {
    const frame = new Uint8Array(2 * FRAME);
    frame.set(samples.subarray(n * 2 * FRAME, (n + 1) * 2 * FRAME));
    encode.device.push(0, "L16", n, frame);
    const payload = encode.tickFor(0);
    if (payload === null) continue;
    update(payload);
    const packet = writeRtp({ payloadType: format === "PCMU" ? 0 : 8, sequence: n, timestamp: n * FRAME, payload });
    decode.deliver(0, packet);
    updateSamples(update, decode.tickSamples(0));
    transcode.deliver(0, packet);
    update(transcode.tickFor(1) ?? new Uint8Array());
  }
}

function tones(update: Update): void {
  for (const { tones } of Object.values(countries)) {
    for (const tone of Object.values(tones)) {
      const rig = phoneRig();
      writeTone(rig.map, indexOfPhone(rig), tone);
      hear(update, rig, TONE_FRAMES);
    }
  }
}

/** Keys towards a phone are sounds, towards a stream events. */
function keys(update: Update): void {
  for (const digit of KEYS) {
    const rig = phoneRig();
    rig.perform({ kind: "sendDigit", endpoint: PHONE, digit: digit as Digit, durationMs: 100 }); // each of KEYS is one
    hear(update, rig, 10);
  }
}

function modem(update: Update, standard: CallerIdStandard): void {
  const rig = phoneRig();
  writeData(
    rig.map,
    indexOfPhone(rig),
    standard,
    Uint8Array.from({ length: 64 }, (_, n) => n * 37),
  );
  hear(update, rig, 90);
}

/** Speech over a network that loses, doubles and disorders, always in the same way. */
function badNetwork(update: Update, vectors: string): void {
  const speech = readFileSync(join(vectors, "codec/g711/sweep-r.a"));
  const random = randomFrom(7);
  const rig = rigWithPhone("PCMA");
  const underWay: { readonly at: number; readonly packet: Uint8Array }[] = [];
  for (let n = 0; n < 400; n++) {
    const payload = speech.subarray(n * FRAME, (n + 1) * FRAME);
    const packet = writeRtp({ sequence: 65_400 + n, timestamp: n * FRAME, payload });
    const lost = random() < 0.1;
    const at = n + Math.floor(random() * 4);
    if (!lost) underWay.push({ at, packet });
    if (random() < 0.1) underWay.push({ at: at + 1, packet });
    for (const due of underWay.filter((one) => one.at === n)) rig.deliver(0, due.packet);
    updateSamples(update, rig.tickSamples(0));
  }
}

function phoneRig(): Rig {
  const rig = new Rig({ jitterMs: 40 });
  rig.perform({ kind: "openUsb", endpoint: PHONE, format: "L16" });
  return rig;
}

function rigWithPhone(format: Law): Rig {
  const rig = phoneRig();
  rig.openRtp(0, format);
  rig.join(PHONE, STREAM);
  return rig;
}

function indexOfPhone(rig: Rig): number {
  return rig.control.endpoints.indexOf(PHONE) ?? 0;
}

function hear(update: Update, rig: Rig, frames: number): void {
  for (let n = 0; n < frames; n++) updateSamples(update, rig.tickSamples(0));
}

function updateSamples(update: Update, samples: Int16Array | null): void {
  if (samples !== null) update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
}

const [, program, vectors] = process.argv;
if (program?.endsWith("kernel-hash.mjs") === true && vectors !== undefined)
  process.stdout.write(
    `${JSON.stringify(Object.fromEntries(kernelNames.map((name) => [name, kernelHash(name, vectors)])))}\n`,
  );
