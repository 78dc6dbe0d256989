import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./flat-line.ts";
import type { Look } from "./look.ts";

const LOOKS_PER_MINUTE = 12;
const CALLS_PER_MINUTE = 15;
/** The garbage collector's breath in the guest, and how long it takes, looks. */
const BREATH_MB = 5;
const BREATH_LOOKS = 11;
const WARM_UP_MB = 10;

interface Leak {
  /** kB of each call. */
  readonly heap?: number;
  readonly native?: number;
}

function hourWith({ heap = 0, native = 0 }: Leak, minutes = 60): readonly Look[] {
  return Array.from({ length: minutes * LOOKS_PER_MINUTE }, (_, n) => {
    const at = n / LOOKS_PER_MINUTE;
    const calls = Math.floor(at * CALLS_PER_MINUTE);
    const warmedUp = Math.min(1, at / 3) * WARM_UP_MB;
    const breath = ((n % BREATH_LOOKS) / BREATH_LOOKS) * BREATH_MB;
    return {
      minutes: at,
      calls,
      ownMB: 24 + warmedUp + breath / 3 + (calls * (heap + native)) / 1024,
      residentMB: 74,
      heapMB: 9 + breath + (calls * heap) / 1024,
      availableMB: 60,
      openFiles: 50,
      dataKB: 100,
      dataFiles: 3,
      processorS: at,
    };
  });
}

test("memory that breathes and warms up is a flat line", () => {
  assert.equal(judge(hourWith({})).flat, true);
});

test("five kilobytes that each call leaves outside the heap are no flat line", () => {
  assert.equal(judge(hourWith({ native: 5 })).flat, false);
});

test("three kilobytes that each call leaves in the heap are no flat line, whatever own pages look like", () => {
  const looks = hourWith({ heap: 3 }).map((look) => ({ ...look, ownMB: 34 }));
  assert.equal(judge(looks).flat, false);
});

test("machine code may grow", () => {
  assert.equal(judge(hourWith({ heap: 1 })).flat, true);
});

test("memory that is given back is a flat line", () => {
  assert.equal(judge(hourWith({ native: -5 })).flat, true);
});

test("one collection that empties a page more than the others does not hide a leak", () => {
  const looks = hourWith({ native: 5 }).map((look, n, { length }) => ({
    ...look,
    ownMB: n === length - 5 ? 15 : look.ownMB,
  }));
  assert.equal(judge(looks).flat, false);
});

test("a run that was warming up half of the time is no flat line, and says why", () => {
  const { flat, lines } = judge(hourWith({}, 20));
  assert.equal(flat, false);
  assert.ok(lines.some((line) => line.startsWith("TOO SHORT")));
});

test("the table has a line for each twelfth of the time, with a block for each megabyte", () => {
  const { lines } = judge(hourWith({}));
  const row = lines[6] ?? "";
  assert.match(row, /^ +30\.0? |^ +29\.9 /);
  assert.match(row, / █{34,36}$/);
  assert.equal(lines.filter((line) => line.includes("█")).length, 12);
});
