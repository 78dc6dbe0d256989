import { closeSync, openSync, readSync } from "node:fs";
import { PerformanceObserver } from "node:perf_hooks";
import type { Stage, TurnStages } from "./turn-stages.ts";

/** What kept a tick: a stage of the turn before, our own garbage collection, other programs on the processor, or the host. */
export type Culprit = Stage | "garbage collection" | "other programs" | "host";

/** A share of the lateness that explains it. */
const EXPLAINS = 0.5;
/** Garbage collections that are remembered; they are told of when the thread's loop turns, a second later at most. */
const REMEMBERED = 32;

interface Late {
  readonly from: number;
  readonly to: number;
  readonly culprit: Culprit;
}

const SPACE = 32;
const ZERO = 48;

/** Names a culprit for each late tick. */
export class LateTicks {
  readonly #stages: TurnStages;
  readonly #counts = new Map<Culprit, number>();
  /** Late ticks that a garbage collection may still turn out to have kept. */
  readonly #recent: Late[] = [];
  readonly #collections: { readonly from: number; readonly to: number }[] = [];
  readonly #waiting = new RunQueue();
  readonly #observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      this.#collections.push({ from: startTime, to: startTime + duration });
    this.#collections.splice(0, Math.max(0, this.#collections.length - REMEMBERED));
    this.#judgeAgain();
  });

  constructor(stages: TurnStages) {
    this.#stages = stages;
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Once a second, so that what is waited for later can be told from what was waited for before. */
  look(): void {
    this.#waiting.passed();
  }

  /** A tick began at `now`, so late. Milliseconds. */
  late(now: number, lateMs: number): void {
    const from = now - lateMs;
    const { began, ended } = this.#stages.ago();
    const overran = ended < lateMs;
    const waited = this.#waiting.passed();
    const culprit = overran ? this.#stages.longest() : waited >= lateMs * EXPLAINS ? "other programs" : "host";
    this.#count(culprit, 1);
    this.#recent.push({ from: overran ? Math.min(from, now - began) : from, to: now, culprit });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }

  show(): readonly { readonly culprit: Culprit; readonly count: number }[] {
    return [...this.#counts].map(([culprit, count]) => ({ culprit, count })).filter(({ count }) => count > 0);
  }

  close(): void {
    this.#observer.disconnect();
    this.#waiting.close();
  }

  #judgeAgain(): void {
    for (const [n, late] of this.#recent.entries()) {
      if (late.culprit === "garbage collection" || !this.#collections.some((one) => explains(one, late))) continue;
      this.#count(late.culprit, -1);
      this.#count("garbage collection", 1);
      this.#recent[n] = { ...late, culprit: "garbage collection" };
    }
  }

  #count(culprit: Culprit, by: number): void {
    this.#counts.set(culprit, (this.#counts.get(culprit) ?? 0) + by);
  }
}

function explains(collection: { readonly from: number; readonly to: number }, late: Late): boolean {
  const shared = Math.min(collection.to, late.to) - Math.max(collection.from, late.from);
  return shared >= (late.to - late.from) * EXPLAINS;
}

/** How long this thread stood ready and was not run: /proc/thread-self/schedstat, second figure, ns. Linux only. */
class RunQueue {
  readonly #file = open();
  readonly #octets = Buffer.alloc(64);
  #seenMs = 0;

  constructor() {
    this.passed();
  }

  /** Milliseconds since it was asked last; 0 where it is not known. */
  passed(): number {
    if (this.#file === null) return 0;
    const length = readSync(this.#file, this.#octets, 0, this.#octets.length, 0);
    const now = secondFigure(this.#octets, length) / 1e6;
    const before = this.#seenMs;
    this.#seenMs = now;
    return now - before;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}

/** Of decimal figures with one space between them; without making strings of them, once a second. */
function secondFigure(octets: Uint8Array, length: number): number {
  let figure = 0;
  for (let n = octets.indexOf(SPACE) + 1; n < length; n++) {
    const digit = (octets[n] ?? SPACE) - ZERO;
    if (digit < 0) break;
    figure = 10 * figure + digit;
  }
  return figure;
}

function open(): number | null {
  try {
    return openSync("/proc/thread-self/schedstat", "r");
  } catch {
    return null;
  }
}
