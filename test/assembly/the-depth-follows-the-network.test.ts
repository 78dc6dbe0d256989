import assert from "node:assert/strict";
import { test } from "node:test";
import { adaptive, type Outcome, type Path, travel } from "./network.ts";

/** What is held: the share of packets that are not heard, the mean wait, and how often the depth changed. */
interface Bound {
  readonly unplayed: number;
  readonly waitMs: number;
  readonly changes: number;
}

function assertWithin(name: string, outcome: Outcome, bound: Bound): void {
  const { unplayedShare, waitMs, inserted, dropped, depths } = outcome;
  assert.ok(unplayedShare <= bound.unplayed, `${name}: ${(100 * unplayedShare).toFixed(2)} % not heard`);
  assert.ok(waitMs <= bound.waitMs, `${name}: waits ${waitMs.toFixed(1)} ms`);
  assert.ok(inserted + dropped <= bound.changes, `${name}: ${inserted} in, ${dropped} out: ${depths.join(" ")}`);
}

const uniform =
  (ms: number): Path["delay"] =>
  (_n, _at, random) =>
    5 + ms * random();

/** A frame of wait is the tick's: a packet comes in the middle between two. */
const networks: readonly (readonly [string, Path, Bound])[] = [
  ["a constant delay", { seconds: 60, delay: () => 5 }, { unplayed: 0.001, waitMs: 36, changes: 2 }],
  ["jitter of 10 ms", { seconds: 60, delay: uniform(10) }, { unplayed: 0.001, waitMs: 48, changes: 3 }],
  ["jitter of 40 ms", { seconds: 60, delay: uniform(40) }, { unplayed: 0.001, waitMs: 82, changes: 2 }],
  ["jitter of 80 ms", { seconds: 60, delay: uniform(80) }, { unplayed: 0.001, waitMs: 85, changes: 4 }],
  [
    "a spike of 200 ms once in 10 s",
    { seconds: 120, delay: (_n, at, random) => 5 + 5 * random() + Math.max(0, 200 - ((at + 5000) % 10_000)) },
    { unplayed: 0.001, waitMs: 205, changes: 8 },
  ],
  [
    "a single spike of 200 ms",
    { seconds: 60, delay: (_n, at) => 5 + (at > 20_000 ? Math.max(0, 20_200 - at) : 0) },
    { unplayed: 0.005, waitMs: 76, changes: 14 },
  ],
  [
    "a radio that sends in bursts",
    {
      seconds: 120,
      delay: (_n, at, random) => 2 + 3 * random() + Math.max(0, 90 - (at % 1300)) + Math.max(0, 40 - (at % 370)),
    },
    { unplayed: 0.002, waitMs: 110, changes: 10 },
  ],
  [
    "one packet in 50 overtaken by the three after it",
    { seconds: 60, delay: (n) => (n % 50 === 7 ? 65 : 5) },
    { unplayed: 0.021, waitMs: 80, changes: 6 },
  ],
  [
    "copies of a third of the packets",
    { seconds: 60, twice: 0.33, delay: uniform(10) },
    { unplayed: 0.001, waitMs: 48, changes: 3 },
  ],
  [
    "bursts of four lost packets",
    { seconds: 60, delay: (n, _at, random) => (n % 100 < 4 ? null : 5 + 10 * random()) },
    { unplayed: 0.001, waitMs: 48, changes: 3 },
  ],
  [
    "a way that becomes 100 ms longer for good",
    { seconds: 60, delay: (_n, at) => (at > 20_000 ? 105 : 5) },
    { unplayed: 0.001, waitMs: 36, changes: 4 },
  ],
  [
    "a way that becomes 100 ms shorter for good",
    { seconds: 60, delay: (_n, at) => (at > 20_000 ? 5 : 105) },
    { unplayed: 0.003, waitMs: 45, changes: 8 },
  ],
];

for (const [name, path, bound] of networks)
  test(`${name}: few packets are not heard, the wait is short, the depth is calm`, () => {
    assertWithin(name, travel(path), bound);
  });

test("the same holds with frames of 10 ms", () => {
  for (const [name, path, bound] of networks)
    assertWithin(name, travel(path, { ...adaptive, frameMs: 10 }), { ...bound, changes: 2 * bound.changes + 4 });
});

test("a steady network whose packets come about when the tick does is calm, however the depth is bound", () => {
  // Now before the tick, now after it, seconds of the one and then of the other: in its turns a frame of jitter.
  const delay: Path["delay"] = (_n, at, random) => 13 + 0.6 * Math.sin(at / 2300) + 0.2 * random();
  for (const bounds of [adaptive, { jitterMs: 60 }, { jitterMs: 40, jitterMinMs: 40, jitterMaxMs: 100 }]) {
    const outcome = travel({ seconds: 120, delay }, bounds);
    assertWithin(`${bounds.jitterMs} ms`, outcome, { unplayed: 0.001, waitMs: 82, changes: 2 });
    assert.equal(outcome.inserted, 0);
  }
});

test("packets of 10, 20, 30 and 60 ms have the depth that their jitter needs", () => {
  for (const packetMs of [10, 20, 30, 60]) {
    const outcome = travel({ seconds: 60, packetMs, delay: uniform(20) });
    assertWithin(`${packetMs} ms`, outcome, { unplayed: 0.002, waitMs: 60, changes: 3 });
  }
});

test("the same network has the same depth whatever the codec and its clock", () => {
  const formats = [
    { format: "G722" },
    { format: "G726-32", octetsPerMs: 4 },
    { format: "L16/8000", octetsPerMs: 16 },
    { format: "L16/16000", octetsPerMs: 32, unitsPerMs: 16 },
  ] as const;
  const path = { seconds: 30, delay: uniform(60) };
  const { depths, unplayed, waitMs } = travel(path);
  for (const shape of formats) {
    const other = travel({ ...path, ...shape });
    assert.deepEqual([other.depths, other.unplayed], [depths, unplayed], shape.format);
    assert.ok(Math.abs(other.waitMs - waitMs) < 0.001, shape.format);
  }
});

test("a sender whose clock is 300 ppm off is followed for an hour, a frame now and then", () => {
  for (const ppm of [300, -300]) {
    const outcome = travel({ seconds: 3600, ppm, delay: uniform(8) });
    // 1.08 s: 54 frames; and one in, one out as packets come before or after the tick.
    assertWithin(`${ppm} ppm`, outcome, { unplayed: 0.0006, waitMs: 50, changes: 120 });
    assert.ok(Math.max(...outcome.depths.slice(20)) <= 60, `${ppm} ppm: ${Math.max(...outcome.depths.slice(20))} ms`);
  }
});

test("a sender whose clock is 500 ppm off loses no packet to lateness", () => {
  for (const ppm of [500, -500]) {
    const { status, unplayedShare, dropped, came } = travel({ seconds: 600, ppm, delay: uniform(8) });
    assert.equal(status.late, 0);
    assert.ok(unplayedShare <= dropped / came, `${ppm} ppm`);
  }
});

test("a buffer that follows loses fewer packets than a fixed one of the same mean delay", () => {
  const changing: Path = {
    seconds: 300,
    delay: (_n, at, random) => 5 + (at % 100_000 < 60_000 ? 8 : 90) * random(),
  };
  const follows = travel(changing);
  const fixed = [40, 60, 80].map((jitterMs) => travel(changing, { jitterMs }));
  const alike = fixed.filter(({ delayMs }) => delayMs <= follows.delayMs + 10);
  assert.ok(alike.length > 0, `${follows.delayMs}: ${fixed.map(({ delayMs }) => delayMs)}`);
  for (const { unplayedShare } of alike)
    assert.ok(
      follows.unplayedShare < unplayedShare / 4,
      `${(100 * follows.unplayedShare).toFixed(2)} % and ${(100 * unplayedShare).toFixed(2)} %`,
    );
});
