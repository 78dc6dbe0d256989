import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { RtpFormat } from "../../src/message/media.ts";
import type { DriveName } from "../../src/voice/contract.ts";
import { purity } from "../assembly/purity.ts";
import { type RtpPacket, writeRtp } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 60_000;
const FRAME_MS = 10;
const SECONDS = 2;
/** Packets until the jitter buffer is through and the resampler has settled. */
const SETTLED = 20;
/** On a machine that others use, turns are skipped and far ends speak late without our doing. */
const ATTEMPTS = 10;

/** 10 ms of 1 kHz, in network order; every frame is the same. */
function sine(rate: number): Uint8Array {
  const octets = Buffer.alloc(rate / 50);
  for (let n = 0; n < rate / 100; n++)
    octets.writeInt16BE(Math.round(10_000 * Math.sin((2 * Math.PI * 1000 * n) / rate)), 2 * n);
  return octets;
}

async function open(context: TestContext, house: VoiceHouse, stream: number, format: RtpFormat): Promise<FarEnd> {
  const end = await FarEnd.open();
  context.after(() => end.close());
  const endpoint = `rtp:${stream}` as const;
  const more = { payloadType: 96, eventPayloadType: 101, direction: "sendrecv" } as const;
  house.perform({ kind: "openRtp", endpoint, remote: end.where, format, ...more });
  return end;
}

/** Says a sine by its own clock, 10 ms at a time, and returns what came meanwhile. */
async function talk(end: FarEnd, port: number, rate: number, call: number): Promise<RtpPacket[]> {
  const payload = sine(rate);
  const began = performance.now();
  let said = 0;
  const from = end.received.length;
  await end.hear(() => {
    for (; said * FRAME_MS <= performance.now() - began; said++) {
      const timestamp = (said * rate * FRAME_MS) / 1000;
      end.sendRaw(writeRtp({ payloadType: 96, ssrc: call, sequence: said, timestamp, payload }), port);
    }
    return said * FRAME_MS >= SECONDS * 1000;
  });
  return end.received.slice(from);
}

/** Between the sine and all else in the worst 40 ms, dB. */
function worst(packets: readonly RtpPacket[]): number {
  const octets = Buffer.concat(packets.slice(SETTLED).map(({ payload }) => payload));
  const samples = Float64Array.from({ length: octets.length / 2 }, (_, n) => octets.readInt16BE(2 * n));
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 320 <= samples.length; at += 160)
    least = Math.min(least, purity(samples.subarray(at, at + 320)));
  return least;
}

/** Turns that were late by our own doing. */
async function ownLate(house: VoiceHouse): Promise<number> {
  const { lateBecauseOf } = await house.voice.status();
  const own = lateBecauseOf.filter(({ culprit }) => culprit !== "other programs" && culprit !== "host");
  return own.reduce((sum, { count }) => sum + count, 0);
}

async function isWhole(context: TestContext, drive: DriveName): Promise<void> {
  const options = { frameMs: FRAME_MS, jitterMs: 100, priority: "realtime", drive } as const;
  const house = await VoiceHouse.open(context, { firstPort: 43_000, ...options });
  const speaker = await open(context, house, 0, "L16/16000");
  const listener = await open(context, house, 1, "L16/8000");
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  const seen: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await ownLate(house);
    const [, heard] = await Promise.all([
      talk(speaker, house.portOf(0), 16_000, attempt),
      talk(listener, house.portOf(1), 8000, attempt),
    ]);
    const late = (await ownLate(house)) - before;
    const steps = heard.slice(1).map(({ timestamp }, n) => (timestamp - (heard[n]?.timestamp ?? 0)) >>> 0);
    const whole = heard.length > 195 && steps.every((step) => step === 80);
    seen.push(`${heard.length} packets${whole ? "" : " and gaps"}, ${late} turns late, ${worst(heard).toFixed(1)} dB`);
    assert.ok(heard.every(({ payload }) => payload.length === 160));
    if (whole && late === 0 && worst(heard) > 50) return;
  }
  assert.fail(seen.join("\n"));
}

for (const drive of ["timer", "packets"] as const)
  test(
    `a call in frames of 10 ms, driven by the ${drive}, has one every 10 ms, none late and no click`,
    { timeout },
    (it) => isWhole(it, drive),
  );
