import assert from "node:assert/strict";
import { test } from "node:test";
import { type Run, verify } from "../../bench/lateness/verify.ts";
import { type Arrival, FRAME_OCTETS, FRAMES } from "../../bench/path/traffic.ts";

const SECONDS = 4;
const PACKETS = SECONDS * 50;

/** Each frame another. */
function frames(seed: number): Uint8Array {
  return Uint8Array.from({ length: FRAMES * FRAME_OCTETS }, (_, n) => {
    const frame = Math.floor(n / FRAME_OCTETS);
    return n % FRAME_OCTETS === 0 ? frame & 0xff : n % FRAME_OCTETS === 1 ? frame >> 8 : seed;
  });
}

const said = [frames(1), frames(2)] as const;

interface Told {
  readonly concealed?: number;
  readonly lost?: number;
  readonly inserted?: number;
  readonly dropped?: number;
}

/** What the status says of both streams. */
function look({ concealed = 0, lost = 0, inserted = 0, dropped = 0 }: Told = {}): Run["looks"][0] {
  const quality = { jitterBuffer: { inserted, dropped } };
  const streams = [0, 1].map((n) => ({ endpoint: `rtp:${n}`, concealed, lost, quality }));
  return { streams } as unknown as Run["looks"][0]; // what is left out is not looked at
}

/** A run in which socket 0 hears those frames of socket 1 (null: something else), and socket 1 hears all. */
function run(heard: readonly (number | null)[], told: Told = {}, skipped = 0): Run {
  const payload = (socket: number, frame: number | null) => {
    const at = ((frame ?? 0) % FRAMES) * FRAME_OCTETS;
    const octets = said[1 - socket]?.subarray(at, at + FRAME_OCTETS) ?? [];
    return frame === null ? Buffer.alloc(FRAME_OCTETS, 0xd5) : Buffer.from(octets);
  };
  const stream = (socket: number, of: readonly (number | null)[]): Arrival[] =>
    of.map((frame, n) => ({ socket, us: n * 20_000, sequence: n, payloadType: 8, payload: payload(socket, frame) }));
  const arrivals = [...stream(0, heard), ...stream(1, all)];
  return { arrivals, frames: said, sockets: 2, seconds: SECONDS, looks: [look(), look(told)], skipped };
}

/** Begins anywhere, and goes round. */
const all = Array.from({ length: PACKETS }, (_, n) => 400 + n);
const without = (...gone: readonly number[]) => all.filter((_, n) => !gone.includes(n));

test("a run in which everything comes as it was sent is right", () => {
  assert.equal(verify(run(all)), null);
});

test("a packet that is lost, doubled, out of order or another than was sent makes the run wrong", () => {
  const { arrivals, ...rest } = run(all);
  assert.match(verify({ ...rest, arrivals: arrivals.filter((_, n) => n !== 70) }) ?? "", /packet 70 is missing/);
  assert.match(verify(run(without(70))) ?? "", /1 frames are missing, 0 deadlines/);
  assert.match(verify(run(all.map((frame, n) => (n === 70 ? frame - 1 : frame)))) ?? "", /packet 70 was heard before/);
  assert.match(verify(run(all.map((frame, n) => (n === 70 ? frame + 1 : frame)))) ?? "", /packet 71 was heard before/);
  assert.match(verify(run(all.map((frame, n) => (n === 70 ? null : frame)))) ?? "", /1 packets are none that was sent/);
  assert.match(verify(run(all.slice(0, 100))) ?? "", /100 packets came, 200 were sent/);
  assert.match(verify(run(all, { concealed: 1 })) ?? "", /1 frames were concealed, 0 were to be/);
  assert.match(verify(run(all, { lost: 1 })) ?? "", /1 packets were lost/);
});

test("a deadline that was skipped excuses a frame and three at the edges, a frame that a jitter buffer tells of another", () => {
  assert.equal(verify(run(without(70), {}, 1)), null);
  assert.match(verify(run(without(10, 20, 30, 40, 50), {}, 1)) ?? "", /5 frames are missing/);
  assert.equal(verify(run(without(70), { dropped: 1 })), null);
  const inserted = [...all.slice(0, 70), null, null, ...all.slice(71, -1)];
  assert.equal(verify(run(inserted, { inserted: 1, concealed: 1 })), null);
  assert.match(verify(run(inserted)) ?? "", /2 packets are none that was sent/);
});

test("a run of which the figures are missing is wrong", () => {
  const silent = { streams: [] };
  assert.notEqual(verify({ ...run(all), looks: [silent, silent] }), null);
});
