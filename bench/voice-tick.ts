/**
 * What 20 ms of eight joined pairs of streams cost, in one tick of 20 ms and in two of 10: pass-through, and A-law to
 * µ-law. The output of every tick is compared with what it must be, in the same run; a wrong octet ends it without a figure.
 *
 *   node --import tsx bench/voice-tick.ts [--json]
 */
import { readFileSync } from "node:fs";
import type { FrameMs } from "../src/voice/contract.ts";
import { Rig } from "../test/assembly/rig.ts";
import { writeRtp } from "../test/assembly/rtp.ts";

const PAIRS = 8;
const TICKS = 3000;
const ROUNDS = 5;
const JITTER_MS = 40;

/** ITU-T A-law to µ-law, by way of the reference decoder and encoder: 256 octets. */
function referenceTranscoding(): Uint8Array {
  const read = (name: string) => {
    const octets = readFileSync(new URL(`../../shared/vectors/codec/g711/${name}`, import.meta.url));
    return new Int16Array(octets.buffer.slice(octets.byteOffset, octets.byteOffset + octets.length));
  };
  const [source, pcma, decoded, pcmu] = [read("sweep.src"), read("sweep-r.a"), read("sweep-r.a-a"), read("sweep-r.u")];
  const pcmuOf = new Map<number, number>();
  source.forEach((sample, n) => void pcmuOf.set(sample, (pcmu[n] ?? 0) & 0xff));
  const table = new Uint8Array(256);
  decoded.forEach((sample, n) => {
    table[(pcma[n] ?? 0) & 0xff] = pcmuOf.get(sample) ?? 0;
  });
  return table;
}

interface Scene {
  readonly name: string;
  readonly far: "PCMA" | "PCMU";
  readonly expected: (octet: number) => number;
}

/** Microseconds of 20 ms, all streams, packets of a frame in and out of the map included. */
function measure(scene: Scene, frameMs: FrameMs): number {
  const rig = new Rig({ jitterMs: JITTER_MS, frameMs });
  for (let n = 0; n < PAIRS; n++) {
    rig.openRtp(2 * n, "PCMA");
    rig.openRtp(2 * n + 1, scene.far);
    rig.join(`rtp:${2 * n}`, `rtp:${2 * n + 1}`);
  }
  const behind = JITTER_MS / frameMs;
  let spent = 0;
  for (let n = 0; n < (TICKS * 20) / frameMs; n++) {
    deliver(rig, n, scene);
    const began = process.hrtime.bigint();
    rig.tickEngine();
    spent += Number(process.hrtime.bigint() - began);
    if (n >= behind) verify(rig, n - behind, scene);
  }
  return spent / 1000 / TICKS;
}

function deliver(rig: Rig, n: number, scene: Scene): void {
  const samples = 8 * rig.frameMs;
  const numbers = { sequence: n & 0xffff, timestamp: n * samples };
  for (let pair = 0; pair < PAIRS; pair++) {
    rig.deliver(2 * pair, writeRtp({ ...numbers, payload: frame(pair, n, samples) }));
    const payloadType = scene.far === "PCMA" ? 8 : 0;
    rig.deliver(2 * pair + 1, writeRtp({ ...numbers, payloadType, payload: frame(pair + 100, n, samples) }));
  }
}

function frame(seed: number, n: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, place) => (seed * 37 + n * 11 + place * 5) & 0xff);
}

/** The odd stream of each pair must send what the even one got, in its own law. */
function verify(rig: Rig, n: number, scene: Scene): void {
  for (const { stream, packet } of rig.sent()) {
    if (stream % 2 === 0) continue;
    const expected = frame((stream - 1) / 2, n, 8 * rig.frameMs).map(scene.expected);
    if (!Buffer.from(expected).equals(Buffer.from(packet.payload)))
      throw new Error(`${scene.name}: stream ${stream} sent a wrong frame at tick ${n}: no figure`);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const transcoding = referenceTranscoding();
const scenes: readonly Scene[] = [
  { name: "pass-through", far: "PCMA", expected: (octet) => octet },
  { name: "transcoding", far: "PCMU", expected: (octet) => transcoding[octet] ?? 0 },
];

const results = scenes.map((scene) => {
  const rounds = Array.from({ length: ROUNDS }, () => ({ long: measure(scene, 20), short: measure(scene, 10) }));
  const long = rounds.map((round) => round.long).sort((a, b) => a - b);
  const shortOverLong = median(rounds.map((round) => round.short / round.long));
  return { ...scene, pairs: PAIRS, usPerTick: median(long), rounds: long, shortOverLong };
});
if (process.argv.includes("--json")) console.log(JSON.stringify(results, null, 2));
else
  for (const { name, usPerTick, rounds, shortOverLong } of results) {
    const perFrame = (usPerTick * 1000) / (2 * PAIRS);
    console.log(
      `${name.padEnd(13)} ${PAIRS} pairs: ${usPerTick.toFixed(2)} us a tick (${(usPerTick / 200).toFixed(4)} % of 20 ms), ` +
        `${perFrame.toFixed(0)} ns a stream; min ${rounds[0]?.toFixed(2)}, max ${rounds.at(-1)?.toFixed(2)}; ` +
        `two ticks of 10 ms ${shortOverLong.toFixed(2)}x as much; output verified`,
    );
  }
