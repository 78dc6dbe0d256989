import type { Look } from "./look.ts";

/**
 * What may be more in the last quarter of the run than in the second, MB. The first quarter is the warm-up: compilers
 * and heap find their size, which takes 10 minutes of a guest.
 *
 * - `own`, medians: the garbage collector breathes by 6 MB, and medians of a quarter of an hour by less than 1. Half an
 *   hour lies between the two, with 400 calls and 90,000 voice frames of each channel: more than 2 MB is 5 kB of each
 *   call or 22 octets of each frame; a call to the echo that is not let go of is 13 kB of heap alone (measured). Not 0,
 *   because V8 goes on compiling: machine code and what belongs to it grow by 1 to 2 kB for each of the first 900 calls,
 *   while of two heap snapshots 270 calls apart not one kind of object had more in the second.
 * - `heap`, smallest: it is what was live at some collection, and tells a call's objects from the breath. Above 1 MB
 *   more than that code grows. The call log is no part of it: its house keeps so few calls that it is full in the warm-up.
 *
 * A run whose warm-up is too short is no flat line, whatever it looks like.
 */
const MAY_GROW = { own: 2, heap: 1 } as const;
const WARM_UP_MINUTES = 10;
const TOO_SHORT = `TOO SHORT TO BE JUDGED: the warm-up, a quarter of the run, takes ${WARM_UP_MINUTES} minutes`;
const QUARTERS = 4;
/** Lines of the table. */
const ROWS = 12;

export interface Verdict {
  readonly flat: boolean;
  /** The table and the sentences, for people. */
  readonly lines: readonly string[];
}

export function judge(looks: readonly Look[]): Verdict {
  const [first = [], second = [], , last = []] = slices(looks, QUARTERS);
  const own = growth(median(second.map(ownMB)), median(last.map(ownMB)), MAY_GROW.own);
  const heap = growth(smallest(second.map(heapMB)), smallest(last.map(heapMB)), MAY_GROW.heap);
  const between = (middle(last) - middle(second)) / 60;
  const perHour = (grown: number) => signed(grown / between);
  const flat = own.flat && heap.flat;
  const warm = (first.at(-1)?.minutes ?? 0) > WARM_UP_MINUTES - 1;
  return {
    flat: flat && warm,
    lines: [
      ...table(looks),
      "",
      `own pages, median of the second and of the last quarter: ${own.words}, ${perHour(own.grown)} MB an hour`,
      `heap at its smallest, likewise: ${heap.words}, ${perHour(heap.grown)} MB an hour`,
      `own pages from ${fixed(smallest(looks.map(ownMB)))} to ${fixed(largest(looks.map(ownMB)))} MB over all`,
      warm ? (flat ? "a flat line" : "NOT FLAT") : TOO_SHORT,
    ],
  };
}

function growth(before: number, after: number, bound: number) {
  const grown = after - before;
  const words = `${fixed(before)} and ${fixed(after)} MB, ${signed(grown)} of at most +${bound.toFixed(1)} MB`;
  return { grown, flat: grown <= bound, words };
}

/** A line for each twelfth of the time; the bar is the median of own pages, a block for 1 MB. */
function table(looks: readonly Look[]): readonly string[] {
  const rows = slices(looks, ROWS)
    .filter((part) => part.length > 0)
    .map((part) => {
      const own = part.map(ownMB);
      const cells = [
        (part.at(-1)?.minutes ?? 0).toFixed(1),
        `${part.at(-1)?.calls ?? 0}`,
        [smallest(own), median(own), largest(own)].map(fixed).join(" "),
        fixed(smallest(part.map(heapMB))),
        fixed(smallest(part.map((look) => look.availableMB))),
        `${smallest(part.map((look) => look.openFiles))}`,
        `${part.at(-1)?.dataKB ?? 0}`,
      ];
      return [...cells, "█".repeat(Math.round(median(own)))];
    });
  const head = ["minute", "calls", "own: min median max", "heap min", "available", "files", "data kB", "own, MB"];
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const last = head.length - 1;
  const line = (cells: readonly string[]) =>
    cells.map((cell, n) => (n === last ? cell : cell.padStart(widths[n] ?? 0))).join("  ");
  return [line(head), ...rows.map(line)];
}

/** Parts of the same length in time. */
function slices(looks: readonly Look[], count: number): readonly (readonly Look[])[] {
  const [from, to] = [looks[0]?.minutes ?? 0, looks.at(-1)?.minutes ?? 0];
  const part = (look: Look) => Math.min(count - 1, Math.floor(((look.minutes - from) / (to - from || 1)) * count));
  return Array.from({ length: count }, (_, n) => looks.filter((look) => part(look) === n));
}

function middle(looks: readonly Look[]): number {
  return ((looks[0]?.minutes ?? 0) + (looks.at(-1)?.minutes ?? 0)) / 2;
}

function ownMB(look: Look): number {
  return look.ownMB;
}

function heapMB(look: Look): number {
  return look.heapMB;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function smallest(values: readonly number[]): number {
  return Math.min(...values);
}

function largest(values: readonly number[]): number {
  return Math.max(...values);
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function signed(value: number): string {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(1)}`;
}
